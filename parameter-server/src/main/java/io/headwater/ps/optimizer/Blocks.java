package io.headwater.ps.optimizer;

import io.headwater.ps.protocol.ChunkSize;

/** A long vector as arrays of one norm block each, the last one shorter. */
public final class Blocks {
  private Blocks() {}

  public static float[][] allocate(long elements) {
    float[][] blocks = new float[ChunkSize.blocks(elements)][];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = new float[count(elements, i)];
    }
    return blocks;
  }

  /** Elements of block {@code block}. */
  public static int count(long elements, int block) {
    return (int) Math.min(ChunkSize.BLOCK, elements - (long) block * ChunkSize.BLOCK);
  }

  /** Copies all elements of {@code from} over those of {@code to}. */
  public static void copy(float[][] from, float[][] to) {
    for (int i = 0; i < from.length; i++) {
      System.arraycopy(from[i], 0, to[i], 0, from[i].length);
    }
  }

  /**
   * Copies {@code count} elements from element {@code from} on into {@code into[offset...]}, across
   * blocks.
   */
  public static void read(float[][] blocks, long from, float[] into, int offset, int count) {
    int done = 0;
    while (done < count) {
      long at = from + done;
      int inBlock = (int) (at % ChunkSize.BLOCK);
      float[] block = blocks[(int) (at / ChunkSize.BLOCK)];
      int part = Math.min(count - done, block.length - inBlock);
      System.arraycopy(block, inBlock, into, offset + done, part);
      done += part;
    }
  }
}
