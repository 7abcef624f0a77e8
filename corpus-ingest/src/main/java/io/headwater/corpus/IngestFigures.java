package io.headwater.corpus;

/**
 * What an ingest has come to so far; the figures only grow.
 *
 * @param files input files read to their end
 * @param inputBytes of them, as they lie
 * @param documentsRead found in them
 * @param empty documents of nothing but white space
 * @param duplicates documents whose text another has; known when all are read
 * @param kept documents that the corpus holds; known when all are read
 * @param tokens of training and validation; known when all are encoded
 * @param outputBytes of the corpus's files; known at the end
 */
public record IngestFigures(
    long files,
    long inputBytes,
    long documentsRead,
    long empty,
    long duplicates,
    long kept,
    long tokens,
    long outputBytes) {}
