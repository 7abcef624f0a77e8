package io.headwater.ps.sparse;

import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.protocol.RowSet;
import java.util.Objects;

/** One table, as a worker uses it. For the thread of its {@link SparseClient}. */
public final class SparseTableClient {
  private final SparseClient client;
  private final SparseTableConfig config;
  private final long key;
  private final int columns;
  private final RepeatedIds repeated = new RepeatedIds();
  private final RowSet[] outgoing; // per shard
  private final int[] sent; // rows of them that are in the shard's window

  SparseTableClient(SparseClient client, SparseTableConfig config) {
    this.client = client;
    this.config = config;
    key = TableDescription.key(config);
    columns = config.columns();
    outgoing = new RowSet[client.lanes().size()];
    sent = new int[outgoing.length];
    for (int i = 0; i < outgoing.length; i++) {
      outgoing[i] = new RowSet();
    }
  }

  public SparseTableConfig config() {
    return config;
  }

  /**
   * Copies rows from the shards, with all of this worker's pushes in them; rows that nobody has
   * touched are created.
   *
   * @param ids any number, in any order, also repeated; the first {@code count} count
   * @param into (count, columns), one row per id
   */
  public void pull(long[] ids, int count, float[] into) {
    check(ids, count, into);
    int shards = outgoing.length;
    for (RowLane lane : client.lanes()) {
      lane.pull().begin(key, columns, RowFrame.rows(lane.mtu(), columns), into);
    }
    for (int i = 0; i < count; i++) {
      client.lanes().get(RowPlacement.shard(ids[i], shards)).pull().add(ids[i], i);
    }
    client.lanes().forEach(lane -> lane.pull().start());
    client.await("pull rows of sparse table " + config.name(), lane -> lane.pull().isComplete());
  }

  /**
   * Sends gradients to the shards; returns when they are on their way and the arrays may be used
   * again, not when they are applied. The gradients of an id that occurs more than once are summed
   * in the order of appearance and make one update.
   *
   * @param gradients (count, columns), one row per id
   * @param rate learning rate of this push
   */
  public void push(long[] ids, float[] gradients, int count, float rate) {
    check(ids, count, gradients);
    for (RowSet set : outgoing) {
      set.resize(0, columns);
    }
    for (int i = 0; i < count; i++) {
      outgoing[RowPlacement.shard(ids[i], outgoing.length)].add(ids[i], gradients, i * columns);
    }
    for (int i = 0; i < outgoing.length; i++) {
      RowSet set = outgoing[i];
      set.truncate(repeated.sum(set.ids(), set.values(), set.count(), columns));
      sent[i] = 0;
    }
    client.await("push rows of sparse table " + config.name(), lane -> isSent(lane, rate));
  }

  private boolean isSent(RowLane asked, float rate) {
    for (RowLane lane : client.lanes()) { // all, so that no shard waits for another
      send(lane, rate);
    }
    int shard = asked.shard();
    return sent[shard] == outgoing[shard].count();
  }

  private void send(RowLane lane, float rate) {
    int shard = lane.shard();
    RowSet set = outgoing[shard];
    int rows = RowFrame.rows(lane.mtu(), columns);
    while (sent[shard] < set.count() && lane.pushes().hasRoom()) {
      int count = Math.min(rows, set.count() - sent[shard]);
      lane.pushes().add(key, set, sent[shard], count, rate);
      sent[shard] += count;
    }
    lane.poll();
  }

  private void check(long[] ids, int count, float[] values) {
    Objects.checkFromIndexSize(0, count, ids.length);
    Objects.checkFromIndexSize(0, Math.multiplyExact(count, columns), values.length);
  }
}
