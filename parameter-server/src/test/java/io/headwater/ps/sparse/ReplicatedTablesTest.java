package io.headwater.ps.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.RowSet;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.sparse.SimulatedChain.Push;
import io.headwater.ps.testing.ToyRun;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Replicas of a shard's tables under every kind of failure that a seed can make. */
class ReplicatedTablesTest {
  private static final int WORKERS = 2;
  private static final int PUSHES = 40;
  private static final int IDS = 30;
  private static final int COLUMNS = 4;

  /** Rows of each worker alone: their bits do not depend on the order between workers. */
  private static final SparseTableConfig OWN =
      new SparseTableConfig(
          "own", COLUMNS, 1, RowInitializer.normal(1), RowOptimizer.adam(), 1_000);

  /** Rows of all workers: their bits show the order. Column 0 counts. */
  private static final SparseTableConfig SHARED =
      new SparseTableConfig("shared", COLUMNS, 2, RowInitializer.zero(), RowOptimizer.sgd(), 1_000);

  private static final RunSpecification RUN =
      new RunSpecification(
          "a run",
          WORKERS,
          ToyRun.training(1, WORKERS, OptimizerConfig.sgd()),
          new RunSpecification.Checkpoints("/nowhere/step-00000000", "/nowhere", 0),
          RunSpecification.Timeouts.DEFAULT);

  private static Push push(int worker, int number) {
    Random random = new Random(31L * number + worker);
    boolean own = random.nextBoolean();
    RowSet set = new RowSet();
    set.resize(1 + random.nextInt(10), COLUMNS);
    for (int i = 0; i < set.count(); i++) {
      int id = random.nextInt(IDS);
      set.ids()[i] = own ? WORKERS * id + worker : id;
    }
    for (int i = 0; i < set.count() * COLUMNS; i++) {
      boolean counts = !own && i % COLUMNS == 0;
      set.values()[i] = counts ? 10 * (1 + random.nextInt(5)) : random.nextFloat() - 0.5f;
    }
    return new Push(own ? OWN : SHARED, set);
  }

  private static float[] rows(SparseTable table) {
    long[] ids = LongStream.range(0, (long) IDS * WORKERS).toArray();
    float[] rows = new float[ids.length * COLUMNS];
    table.pull(ids, ids.length, rows);
    return rows;
  }

  private static float[] counts(float[] rows) {
    float[] counts = new float[rows.length / COLUMNS];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = rows[i * COLUMNS];
    }
    return counts;
  }

  private static float[] faultless(SparseTableConfig config) {
    try (SparseTable table = new SparseTable(config)) {
      for (int number = 0; number < PUSHES; number++) {
        for (int worker = 0; worker < WORKERS; worker++) {
          Push push = push(worker, number);
          if (push.table() == config) {
            table.push(push.set().ids(), push.set().values(), push.set().count(), 0.1f);
          }
        }
      }
      return rows(table);
    }
  }

  private static float[] rows(TableShard shard, SparseTableConfig config) {
    return rows(shard.table(TableDescription.key(config)));
  }

  private static void everyPushCountsOnceAtEveryReplica(int replicas, long seed) {
    SimulatedChain chain =
        new SimulatedChain(
            RUN, replicas, List.of(OWN, SHARED), ReplicatedTablesTest::push, PUSHES, seed);
    try {
      chain.run();
      List<TableShard> survivors = chain.survivors();
      float[] shared = rows(survivors.get(0), SHARED);
      assertThat(counts(shared)).isEqualTo(counts(faultless(SHARED)));
      for (TableShard survivor : survivors) {
        assertThat(rows(survivor, OWN)).isEqualTo(faultless(OWN));
        assertThat(Arrays.equals(rows(survivor, SHARED), shared)).as("same order").isTrue();
      }
    } catch (RuntimeException | Error e) {
      throw new AssertionError(replicas + " replicas, seed " + seed + ": " + e.getMessage(), e);
    } finally {
      chain.close();
    }
  }

  @Test
  void twoReplicasLoseAndDoubleNothingWhateverIsKilled() {
    for (long seed = 0; seed < 500; seed++) {
      everyPushCountsOnceAtEveryReplica(2, seed);
    }
  }

  @Test
  void threeReplicasLoseAndDoubleNothingWhateverIsKilled() {
    for (long seed = 0; seed < 500; seed++) {
      everyPushCountsOnceAtEveryReplica(3, seed);
    }
  }
}
