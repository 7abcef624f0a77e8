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
}
