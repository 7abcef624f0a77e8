package io.headwater.ps.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.Event.PlanAnnounced;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.protocol.RowFrame.Parties;
import io.headwater.ps.protocol.RowFrame.Type;
import io.headwater.ps.protocol.RowSet;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.testing.ToyRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Well-formed frames that say what no worker and no replica would. */
class TableShardFuzzTest {
  private static final int FRAMES = 1_000_000;
  private static final int COLUMNS = 4;
  private static final int WORKERS = 2;
  private static final List<ShardEndpoint> ENDPOINTS =
      List.of(
          ShardEndpoint.local(0, 0, "nowhere"),
          ShardEndpoint.local(0, 1, "nowhere"),
          ShardEndpoint.local(0, 2, "nowhere"));
  private static final List<ReplicaId> CHAIN =
      List.of(new ReplicaId(0, 0, 1), new ReplicaId(0, 1, 1), new ReplicaId(0, 2, 1));
  private static final SparseTableConfig TABLE =
      new SparseTableConfig("words", COLUMNS, 1, RowInitializer.zero(), RowOptimizer.adam(), 1_000);
  private static final RunSpecification RUN =
      new RunSpecification(
          "a run",
          WORKERS,
          ToyRun.training(1, WORKERS, OptimizerConfig.sgd()),
          new RunSpecification.Checkpoints("/nowhere/step-00000000", "/nowhere", 0),
          RunSpecification.Timeouts.DEFAULT);

  private final Random random = new Random(3);
  private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[4_096]);
  private final RowSet set = new RowSet();

  private TableShard shard(int place, boolean newcomer) {
    TableShard shard =
        new TableShard(
            RUN,
            CHAIN.get(place),
            ENDPOINTS,
            to -> new FaultyFrames(random, 50),
            Runnable::run,
            random::nextLong);
    List<ReplicaId> newcomers = newcomer ? List.of(CHAIN.get(place)) : List.of();
    shard.follow(
        new PlanAnnounced(0, 0, 0, false, false, 1, 1, List.of(), List.of(), CHAIN, newcomers));
    return shard;
  }

  /** A number that is right now and then. */
  private long number() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextLong();
      case 1 -> random.nextInt(40) - 4L;
      default -> 1L;
    };
  }

  /** Writes a frame of any type. */
  private void write() {
    Type type = Type.values()[random.nextInt(Type.values().length)];
    int who = random.nextInt(4) - 1;
    Parties parties = new Parties(RunKey.of(RUN.runId()), 0, who, random.nextInt(3));
    long key = random.nextInt(8) == 0 ? number() : TableDescription.key(TABLE);
    set.resize(1 + random.nextInt(3), 1 + random.nextInt(5));
    for (int i = 0; i < set.count(); i++) {
      set.ids()[i] = number();
    }
    for (int i = 0; i < set.count() * set.columns(); i++) {
      set.values()[i] = random.nextInt(50) == 0 ? Float.NaN : random.nextFloat();
    }
    switch (type) {
      case PUSH, COPIED_PUSH ->
          RowFrame.putPush(buffer, 0, parties, number(), key, set, 0, set.count(), 0.1f);
      case PULL -> RowFrame.putPull(buffer, 0, parties, number(), number(), key, set, 0, 1);
      case ROWS -> RowFrame.putRows(buffer, 0, parties, number(), key, set);
      case RECORDS -> RowFrame.putRecords(buffer, 0, parties, random.nextInt(6), key, set);
      case OPEN, COPIED_OPEN -> RowFrame.putOpen(buffer, 0, parties, 0, key, description());
      case OPENED, PUSHED, SESSION, COMPLETE, ATTACH, HELD ->
          RowFrame.putAnswer(buffer, 0, type, parties, number(), number(), key, 1);
    }
    if (type.name().startsWith("COPIED") || type == Type.RECORDS || random.nextInt(9) == 0) {
      RowFrame.putOnLink(buffer, 0, 1, 1 + random.nextInt(3));
    }
  }

  private byte[] description() {
    byte[] description = TableDescription.encode(TABLE);
    if (random.nextInt(10) == 0) {
      description[random.nextInt(description.length)] ^= (byte) random.nextInt();
    }
    return description;
  }

  private static boolean hasFailed(TableShard shard) {
    try {
      shard.check();
      return false;
    } catch (ParameterServerException e) {
      return true;
    }
  }

  @Test
  void noFrameMakesAReplicaThrow() {
    RowFrame frame = new RowFrame();
    List<TableShard> shards = new ArrayList<>();
    int failed = 0;
    int accepted = 0;
    for (int i = 0; i < FRAMES; i++) {
      if (i % 2_000 == 0) { // the first, one in the middle, and a new one
        failed += (int) shards.stream().filter(TableShardFuzzTest::hasFailed).count();
        shards.forEach(TableShard::close);
        shards.clear();
        shards.addAll(List.of(shard(0, false), shard(1, false), shard(2, true)));
      }
      TableShard shard = shards.get(random.nextInt(shards.size()));
      write();
      if (frame.wrap(buffer, 0, buffer.getInt(4))) {
        accepted++;
        shard.onFrame(frame, (worker, port) -> new FaultyFrames(random, 50));
        shard.doWork();
      }
    }
    shards.forEach(TableShard::close);
    assertThat(accepted).isGreaterThan(FRAMES / 2);
    assertThat(failed).isPositive();
  }
}
