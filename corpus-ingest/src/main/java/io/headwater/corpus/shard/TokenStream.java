package io.headwater.corpus.shard;

/** All tokens of one split, end to end in document order; any position is read directly. */
public interface TokenStream {
  /** Tokens, ends of text included. */
  long tokens();

  long documents();

  /**
   * Copies tokens [position, position + count) into {@code into} from {@code offset} on. Safe for
   * use by several threads; allocates nothing.
   *
   * @throws IndexOutOfBoundsException when the range leaves the stream or the array
   */
  void read(long position, int count, int[] into, int offset);
}
