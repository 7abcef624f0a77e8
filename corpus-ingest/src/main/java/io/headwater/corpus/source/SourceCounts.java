package io.headwater.corpus.source;

import java.io.Serializable;

/**
 * What reading one input file came to.
 *
 * @param source the file's {@link SourceFile#number()}
 * @param sha256 of its bytes as they lie
 * @param documents found in it, the empty ones among them
 * @param empty documents of nothing but white space, left out
 * @param invalidUtf8 malformed sequences replaced by U+FFFD
 * @param documentsWithInvalidUtf8 documents that held any
 * @param skippedEntries archive entries that are no text
 * @param problem the message that refuses the file; null when it was read to its end
 */
public record SourceCounts(
    int source,
    long bytes,
    String sha256,
    long documents,
    long empty,
    long invalidUtf8,
    long documentsWithInvalidUtf8,
    long skippedEntries,
    String problem)
    implements Serializable {}
