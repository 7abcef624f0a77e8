package io.headwater.corpus.source;

import java.io.IOException;

/** The documents of one stream, in order. */
@FunctionalInterface
interface Documents {
  /** The next one that is not empty, as well-formed UTF-8; null at the end. */
  byte[] next() throws IOException;
}
