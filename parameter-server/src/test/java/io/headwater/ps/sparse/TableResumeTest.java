package io.headwater.ps.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.CheckpointCommit;
import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.testing.RecordedEvents;
import io.headwater.ps.testing.ToyModel;
import io.headwater.ps.testing.ToyRun;
import io.headwater.ps.testing.ToyWorker;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tables beside a dense run: its snapshots hold them, and a run that goes on has them. */
@Timeout(120)
class TableResumeTest {
  private static final int COLUMNS = 12;
  private static final int IDS = 20_000;
  private static final SparseTableConfig CONFIG =
      new SparseTableConfig(
          "words", COLUMNS, 3, RowInitializer.normal(1), RowOptimizer.adam(), 1_000_000);

  @TempDir Path output;

  /** Pushes to a table in every step, and pulls it when it is told to. */
  private static final class TableWorker extends ToyWorker {
    private final SparseClient client;
    private final SparseTableClient table;

    TableWorker(WorkerClientConfig config) {
      super(config);
      client = SparseClient.connect(config);
      table = client.open(CONFIG);
    }

    @Override
    protected void step(WorkerClient dense, StepPlan plan, float[] weights) {
      pushSome(table, plan.step());
      client.flush();
      super.step(dense, plan, weights);
    }
  }

  private static void pushSome(SparseTableClient table, long step) {
    long[] ids = ids(step);
    table.push(ids, gradients(step), ids.length, 0.1f);
  }

  private static long[] ids(long step) {
    Random random = new Random(step);
    return LongStream.generate(() -> random.nextInt(IDS) - IDS / 2).limit(IDS / 4).toArray();
  }

  private static float[] gradients(long step) {
    float[] gradients = new float[IDS / 4 * COLUMNS];
    Random random = new Random(~step);
    for (int i = 0; i < gradients.length; i++) {
      gradients[i] = random.nextFloat() - 0.5f;
    }
    return gradients;
  }

  private static float[] expected(long steps) {
    try (SparseTable table = new SparseTable(CONFIG)) {
      for (long step = 0; step < steps; step++) {
        table.push(ids(step), gradients(step), IDS / 4, 0.1f);
      }
      float[] rows = new float[IDS * COLUMNS];
      table.pull(all(), IDS, rows);
      return rows;
    }
  }

  private static long[] all() {
    return LongStream.range(-IDS / 2, IDS / 2).toArray();
  }

  /** Trains to a step on so many shards and commits its checkpoint; returns the dense one. */
  private String train(int shards, String from, long steps) throws Exception {
    RecordedEvents events = new RecordedEvents();
    try (ParameterServer server = ParameterServer.startEmbedded(shards);
        ToyRun run = new ToyRun(server.endpoints())) {
      run.open(
          run.specification(1, ToyRun.training(steps, 1, OptimizerConfig.sgd()), from, output, 0),
          events);
      TableWorker worker = new TableWorker(run.worker(0, 1));
      run.start(worker).get(60, TimeUnit.SECONDS);
      assertThat(events.awaitEnd()).isEqualTo("finished " + steps);
      worker.client.close();
    }
    TableCheckpoint.commit(output.toString(), CONFIG, steps, shards);
    return new CheckpointCommit(output.toString(), ToyModel.LAYOUT, shards)
        .commit(steps, ToyModel.description());
  }

  private float[] pulledFrom(String checkpoint, int shards) {
    try (ParameterServer server = ParameterServer.startEmbedded(shards);
        ToyRun run = new ToyRun(server.endpoints())) {
      run.open(
          run.specification(
              1, ToyRun.training(100, 1, OptimizerConfig.sgd()), checkpoint, output, 0),
          new RecordedEvents());
      try (SparseClient client = SparseClient.connect(run.worker(0, 1))) {
        float[] rows = new float[IDS * COLUMNS];
        client.open(CONFIG).pull(all(), IDS, rows);
        return rows;
      }
    }
  }

  @Test
  void aResumedRunOnAnotherNumberOfShardsHasTheBitsOfAnUninterruptedOne() throws Exception {
    String third = train(2, ToyModel.writeInitial(output), 3);
    assertThat(pulledFrom(third, 1)).isEqualTo(expected(3));
    String fifth = train(3, third, 5);
    assertThat(pulledFrom(fifth, 2)).isEqualTo(expected(5));
  }

  @Test
  void aRunThatGoesOnWithoutItsTableIsRefused() throws Exception {
    train(1, ToyModel.writeInitial(output), 2);
    SparseTableConfig other =
        new SparseTableConfig(
            "others", COLUMNS, 3, RowInitializer.zero(), RowOptimizer.sgd(), 1_000);
    try (ParameterServer server = ParameterServer.startEmbedded(1);
        ToyRun run = new ToyRun(server.endpoints())) {
      run.open(
          run.specification(
              1,
              ToyRun.training(100, 1, OptimizerConfig.sgd()),
              output.resolve("step-00000002").toString(),
              output,
              0),
          new RecordedEvents());
      try (SparseClient client = SparseClient.connect(run.worker(0, 1))) {
        assertThatThrownBy(() -> client.open(other))
            .isInstanceOf(ParameterServerException.class)
            .hasMessageContaining("shard 0")
            .hasMessageContaining("its checkpoint cannot be loaded");
      }
    }
  }
}
