package io.headwater.corpus.source;

import io.headwater.checkpoint.UserException;

/** Counts while one file is read, and refuses what is no text. One thread. */
final class Tally {
  private final String uri;
  private long documents;
  private long empty;
  private long invalidUtf8;
  private long documentsWithInvalidUtf8;
  private long skippedEntries;
  private long textBytes;

  Tally(String uri) {
    this.uri = uri;
  }

  /** A document's text as it stood in the file; null when it is empty. */
  byte[] document(byte[] raw) {
    if (Utf8Text.hasNul(raw)) {
      throw refused("it holds NUL bytes, so it is binary or UTF-16; text must be UTF-8");
    }
    return document(Utf8Text.of(raw));
  }

  /** A document decoded; null when it is empty. */
  byte[] document(Utf8Text text) {
    documents++;
    textBytes += text.bytes().length;
    invalidUtf8 += text.invalid();
    documentsWithInvalidUtf8 += text.invalid() > 0 ? 1 : 0;
    if (text.isBlank()) {
      empty++;
      return null;
    }
    return text.bytes();
  }

  void skipEntry() {
    skippedEntries++;
  }

  long documents() {
    return documents;
  }

  /** At the end of the file. */
  void checkDecodable() {
    if (Utf8Text.isMostlyUndecodable(invalidUtf8, textBytes)) {
      throw refused(
          invalidUtf8
              + " malformed sequences in "
              + textBytes
              + " bytes, so it is binary or not UTF-8");
    }
  }

  UserException refused(String why) {
    return new UserException("Cannot read " + uri + ": " + why);
  }

  SourceCounts counts(int source, long bytes, String sha256, String problem) {
    return new SourceCounts(
        source,
        bytes,
        sha256,
        documents,
        empty,
        invalidUtf8,
        documentsWithInvalidUtf8,
        skippedEntries,
        problem);
  }
}
