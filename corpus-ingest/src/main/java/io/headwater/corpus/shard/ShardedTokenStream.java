package io.headwater.corpus.shard;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The shards of one split, end to end. */
final class ShardedTokenStream implements TokenStream {
  private final MappedTokens[] shards;

  /** Where each shard starts, and last the tokens of all. */
  private final long[] starts;

  private final long documents;

  ShardedTokenStream(List<MappedTokens> shards, List<ShardIndex> indices) {
    this.shards = shards.toArray(MappedTokens[]::new);
    this.starts = new long[indices.size() + 1];
    for (int i = 0; i < indices.size(); i++) {
      starts[i + 1] = starts[i] + indices.get(i).tokens();
    }
    this.documents = indices.stream().mapToLong(ShardIndex::documents).sum();
  }

  @Override
  public long tokens() {
    return starts[shards.length];
  }

  @Override
  public long documents() {
    return documents;
  }

  @Override
  public void read(long position, int count, int[] into, int offset) {
    Objects.checkFromIndexSize(position, count, tokens());
    Objects.checkFromIndexSize(offset, count, into.length);
    int shard = shardOf(position);
    long at = position;
    int done = 0;
    while (done < count) {
      int here = (int) Math.min(count - done, starts[shard + 1] - at);
      shards[shard].read(at - starts[shard], here, into, offset + done);
      done += here;
      at += here;
      shard++;
    }
  }

  private int shardOf(long position) {
    int found = Arrays.binarySearch(starts, position);
    return found >= 0 ? found : -found - 2;
  }
}
