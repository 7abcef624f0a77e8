package io.headwater.ps.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.optimizer.OptimizerConfig;
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
import java.util.stream.LongStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/**
 * A worker's window and a shard with a network between them that does what it likes with frames.
 */
class RowExactlyOnceTest {
  private static final int WORKERS = 2;
  private static final int PUSHES = 60;
  private static final int COLUMNS = 4;
  private static final ShardEndpoint ENDPOINT = ShardEndpoint.local(0, "nowhere");
  private static final SparseTableConfig CONFIG =
      new SparseTableConfig(
          "words", COLUMNS, 1, RowInitializer.normal(1), RowOptimizer.adam(), 1_000);
  private static final long TABLE = TableDescription.key(CONFIG);
  private static final RunSpecification RUN =
      new RunSpecification(
          "a run",
          WORKERS,
          ToyRun.training(1, WORKERS, OptimizerConfig.sgd()),
          new RunSpecification.Checkpoints("/nowhere/step-00000000", "/nowhere", 0),
          RunSpecification.Timeouts.DEFAULT);

  private static final class Worker {
    final Parties parties;
    final PushWindow window;
    final FaultyFrames toShard;
    final FaultyFrames back;
    final RowFrame frame = new RowFrame();
    int made;

    Worker(int id, Random random, int faultPercent) {
      parties = new Parties(RunKey.of(RUN.runId()), 0, id, 1);
      window = new PushWindow(parties, ENDPOINT.mtu());
      toShard = new FaultyFrames(random, faultPercent);
      back = new FaultyFrames(random, faultPercent);
    }

    boolean isDone() {
      return made == PUSHES && window.isEmpty();
    }

    void act(Random random) {
      if (made < PUSHES && window.hasRoom()) {
        RowSet set = push(parties.worker(), made++);
        window.add(TABLE, set, 0, set.count(), 0.1f);
      }
      if (window.isUnsent()) {
        toShard.send(window.frame(), window.frameLength());
        window.onSent();
      }
      if (random.nextInt(20) == 0) {
        window.rewind();
      }
      while (!back.isEmpty()) {
        UnsafeBuffer answer = back.next();
        if (answer != null
            && frame.wrap(answer, 0, answer.capacity())
            && frame.type() == Type.PUSHED) {
          assertThat(frame.result()).isZero();
          window.onAcknowledged(frame.sequence());
        }
      }
    }
  }

  /** Ids of a worker's own: then the order between workers does not matter. */
  private static RowSet push(int worker, int number) {
    Random random = new Random(31L * number + worker);
    RowSet set = new RowSet();
    set.resize(1 + random.nextInt(10), COLUMNS);
    for (int i = 0; i < set.count(); i++) {
      set.ids()[i] = WORKERS * random.nextInt(30) + worker;
    }
    for (int i = 0; i < set.count() * COLUMNS; i++) {
      set.values()[i] = random.nextFloat() - 0.5f;
    }
    return set;
  }

  private static float[] rows(SparseTable table) {
    long[] ids = LongStream.range(0, 30L * WORKERS).toArray();
    float[] rows = new float[ids.length * COLUMNS];
    table.pull(ids, ids.length, rows);
    return rows;
  }

  private static float[] faultless() {
    try (SparseTable table = new SparseTable(CONFIG)) {
      for (int worker = 0; worker < WORKERS; worker++) {
        for (int i = 0; i < PUSHES; i++) {
          RowSet set = push(worker, i);
          table.push(set.ids(), set.values(), set.count(), 0.1f);
        }
      }
      return rows(table);
    }
  }

  private static TableShard shard() {
    return new TableShard(
        RUN, new ReplicaId(0, 0, 1), List.of(ENDPOINT), to -> null, Runnable::run, () -> 0);
  }

  private static float[] faulty(long seed) {
    Random random = new Random(seed);
    List<Worker> workers = new ArrayList<>();
    RowFrame frame = new RowFrame();
    try (TableShard shard = shard()) {
      for (int id = 0; id < WORKERS; id++) {
        Worker worker = new Worker(id, random, (int) (seed % 40));
        workers.add(worker);
        byte[] description = TableDescription.encode(CONFIG);
        UnsafeBuffer open = new UnsafeBuffer(new byte[RowFrame.HEADER_LENGTH + description.length]);
        RowFrame.putOpen(open, 0, worker.parties, 0, TABLE, description);
        assertThat(frame.wrap(open, 0, open.capacity())).isTrue();
        shard.onFrame(frame, (w, port) -> worker.back);
      }
      for (int turn = 0; !workers.stream().allMatch(Worker::isDone); turn++) {
        assertThat(turn).as("turns of seed %d", seed).isLessThan(100_000);
        Worker worker = workers.get(random.nextInt(WORKERS));
        worker.act(random);
        if (!worker.toShard.isEmpty()) {
          UnsafeBuffer arrived = worker.toShard.next();
          if (arrived != null && frame.wrap(arrived, 0, arrived.capacity())) {
            shard.onFrame(frame, (w, port) -> worker.back);
          }
        }
        shard.doWork();
      }
      return rows(shard.table(TABLE));
    }
  }

  @Test
  void everyScheduleOfFaultsEndsInTheBitsOfTheFaultlessRun() {
    float[] expected = faultless();
    for (long seed = 0; seed < 2_000; seed++) {
      assertThat(faulty(seed)).as("seed %d", seed).isEqualTo(expected);
    }
  }
}
