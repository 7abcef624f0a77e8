package io.headwater.ps.protocol;

/**
 * The key range that one shard owns: whole norm blocks, the last one of the vector maybe short.
 *
 * @param from first element
 * @param to one past the last
 * @param chunkElements elements of a chunk; the last chunk may be shorter
 */
public record ShardRange(long from, long to, int chunkElements) {
  /** Shard {@code shard}'s part of a vector split evenly, by blocks, over {@code shards}. */
  public static ShardRange of(long elements, int shard, int shards, int chunkElements) {
    long blocks = ChunkSize.blocks(elements);
    long from = shard * blocks / shards * ChunkSize.BLOCK;
    long to = Math.min(elements, (shard + 1) * blocks / shards * ChunkSize.BLOCK);
    return new ShardRange(from, to, chunkElements);
  }

  public long elements() {
    return to - from;
  }

  public int firstBlock() {
    return (int) (from / ChunkSize.BLOCK);
  }

  public int blocks() {
    return ChunkSize.blocks(elements());
  }

  /** Elements of block {@code block}, counted from the start of this range. */
  public int blockElements(int block) {
    return (int) Math.min(ChunkSize.BLOCK, elements() - (long) block * ChunkSize.BLOCK);
  }

  public int chunks() {
    return Math.toIntExact((elements() + chunkElements - 1) / chunkElements);
  }

  /** First element, in the flat vector, of a chunk of this range. */
  public long chunkFrom(int chunk) {
    return from + (long) chunk * chunkElements;
  }

  /**
   * The first chunk that has no element before one of the flat vector; {@link #chunks()} if none.
   */
  public int chunkBehind(long element) {
    long behind = Math.max(0, element - from);
    return (int) Math.min(chunks(), (behind + chunkElements - 1) / chunkElements);
  }

  /** Elements of a chunk of this range. */
  public int chunkCount(int chunk) {
    return (int) Math.min(chunkElements, to - chunkFrom(chunk));
  }

  public int chunksPerBlock() {
    return ChunkSize.BLOCK / chunkElements;
  }
}
