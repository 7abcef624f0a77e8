package io.headwater.ps.sparse;

/**
 * Which shard has which row: by a hash, so that neighbouring ids (often alike in frequency) spread.
 */
final class RowPlacement {
  private RowPlacement() {}

  /** The shard, of {@code shards}, that owns a row. */
  static int shard(long id, int shards) {
    return (int) (((IdHash.mix(id) >>> 32) * shards) >>> 32);
  }
}
