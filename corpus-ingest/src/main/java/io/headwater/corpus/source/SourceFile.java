package io.headwater.corpus.source;

import java.io.Serializable;

/**
 * One input file.
 *
 * @param number its place in the sorted listing
 * @param uri as Hadoop reads it
 * @param bytes as it lies, compressed or not
 */
public record SourceFile(int number, String uri, long bytes) implements Serializable {}
