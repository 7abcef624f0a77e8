package io.headwater.checkpoint;

/** Gives out a flat float32 vector block by block, so that it is never held twice. */
@FunctionalInterface
public interface BlockSource {
  /**
   * Copies {@code count} elements into {@code into[offset...]}.
   *
   * @param from index in the flat vector of the whole model, also when the source is one key range
   */
  void read(long from, float[] into, int offset, int count);

  /**
   * This vector and then another.
   *
   * @param elements of this one
   */
  default BlockSource followedBy(BlockSource other, long elements) {
    return (from, into, offset, count) -> {
      int first = (int) Math.max(0, Math.min(count, elements - from));
      if (first > 0) {
        read(from, into, offset, first);
      }
      if (first < count) {
        other.read(from + first - elements, into, offset + first, count - first);
      }
    };
  }
}
