package io.headwater.ps.protocol;

import io.headwater.checkpoint.UserException;

/**
 * How the flat vector is cut: into norm blocks of {@value #BLOCK} elements, which shards own whole,
 * and blocks into chunks, each of which fits one datagram.
 *
 * <p>A block is the largest multiple of 64 elements that fits Aeron's largest MTU. The gradient's
 * norm is summed per block, so its bits depend neither on the transport nor on the number of
 * shards. Every chunk size divides the block.
 */
public final class ChunkSize {
  /** Elements of a norm block: 255 * 64. */
  public static final int BLOCK = 16_320;

  /** Aeron's largest: for shared memory and loopback. */
  public static final int LOOPBACK_MTU = 65_504;

  /** Fits Ethernet's usual 1500 bytes. */
  public static final int ETHERNET_MTU = 1_408;

  private static final int[] CHUNKS = {BLOCK, 2_040, 320};
  private static final int AERON_HEADER = 32;
  private static final int MOST_PER_TURN = 64;

  private ChunkSize() {}

  /** Elements of the largest chunk that one datagram of {@code mtu} bytes carries. */
  public static int elements(int mtu) {
    if (mtu <= LOOPBACK_MTU && mtu % 32 == 0) {
      for (int elements : CHUNKS) {
        if (AERON_HEADER + ChunkFrame.HEADER_LENGTH + Float.BYTES * elements <= mtu) {
          return elements;
        }
      }
    }
    throw new UserException(
        "Cannot use MTU "
            + mtu
            + ": it must be a multiple of 32 in ["
            + ETHERNET_MTU
            + ", "
            + LOOPBACK_MTU
            + "]");
  }

  /**
   * Chunks that a thread deals with before it looks after its other duties: as many as make up
   * {@code blocks} norm blocks, so that small ones do not pay for these each time.
   */
  public static int perTurn(int chunkElements, int blocks) {
    return Math.min(MOST_PER_TURN, blocks * (BLOCK / chunkElements));
  }

  /** Norm blocks of a vector. */
  public static int blocks(long elements) {
    return Math.toIntExact((elements + BLOCK - 1) / BLOCK);
  }
}
