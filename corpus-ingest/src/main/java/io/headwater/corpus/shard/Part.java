package io.headwater.corpus.shard;

import java.io.Serializable;

/**
 * The encoded documents of one task for one split, in two files without headers: tokens as a shard
 * has them, and each document's length as a big-endian i32. Parts joined in order are the split.
 */
public record Part(String tokensFile, String lengthsFile, long documents, long tokens)
    implements Serializable {}
