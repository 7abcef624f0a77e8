package io.headwater.ps.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.testing.JavaProcesses;
import io.headwater.ps.testing.Places;
import io.headwater.ps.testing.RecordedEvents;
import io.headwater.ps.testing.SparseWorkerProcess;
import io.headwater.ps.testing.ToyModel;
import io.headwater.ps.testing.ToyRun;
import io.headwater.ps.testing.ToyWorker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A table of a million rows on two shards, beside a dense run, all in processes of their own. */
@Timeout(300)
class SparseProcessIT {
  private static final int ROWS = 1_000_000;
  private static final int BATCH = 50_000;

  @TempDir Path output;

  private final List<ShardEndpoint> endpoints = Places.free(2, 1);
  private JavaProcesses processes;

  @BeforeEach
  void open() {
    processes = new JavaProcesses(output);
  }

  @AfterEach
  void stopProcesses() {
    processes.close();
  }

  private Process shard(int shard) {
    return processes.startShard(endpoints.get(shard), endpoints);
  }

  private Process worker(ToyRun run, int worker) {
    List<String> properties = List.of("rows=" + ROWS);
    return processes.start(SparseWorkerProcess.class, properties, run.workerArguments(worker, 1));
  }

  private RunSpecification specification(ToyRun run) {
    RunSpecification.Timeouts timeouts =
        new RunSpecification.Timeouts(
            Duration.ofSeconds(90),
            Duration.ofSeconds(20),
            Duration.ofSeconds(200),
            Duration.ofSeconds(60));
    return new RunSpecification(
        run.id(),
        3,
        ToyRun.training(2, 3, OptimizerConfig.sgd()),
        new RunSpecification.Checkpoints(ToyModel.writeInitial(output), output.toString(), 0),
        timeouts);
  }

  @Test
  void twoWorkersAddToAMillionRowsOnTwoShards() throws Exception {
    Process first = shard(0);
    Process second = shard(1);
    RecordedEvents events = new RecordedEvents();
    try (ToyRun run = new ToyRun(endpoints)) {
      run.open(specification(run), events);
      Process zero = worker(run, 0);
      Process one = worker(run, 1);
      // The second step does not begin before both have finished the first.
      Checker checker = new Checker(run.worker(2, 1));
      run.start(checker).get(250, TimeUnit.SECONDS);
      assertThat(checker.wrong).isZero();
      assertThat(checker.checked).isEqualTo(ROWS);
      assertThat(events.awaitEnd()).isEqualTo("finished 2");
      for (Process process : List.of(zero, one, first, second)) {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
      }
    }
  }

  /** Pulls all rows in the second step. */
  private static final class Checker extends ToyWorker {
    private final WorkerClientConfig config;
    private int checked;
    private int wrong;

    Checker(WorkerClientConfig config) {
      super(config);
      this.config = config;
    }

    @Override
    protected void step(WorkerClient client, StepPlan plan, float[] weights) {
      if (plan.step() == 1) {
        check();
      }
      super.step(client, plan, weights);
    }

    private void check() {
      int columns = SparseWorkerProcess.COLUMNS;
      float[] rows = new float[BATCH * columns];
      try (SparseClient client = SparseClient.connect(config)) {
        SparseTableClient table = client.open(SparseWorkerProcess.table());
        for (int from = 0; from < ROWS; from += BATCH) {
          long[] ids = LongStream.range(from, from + BATCH).map(SparseWorkerProcess::id).toArray();
          table.pull(ids, BATCH, rows);
          for (int i = 0; i < rows.length; i++) {
            int row = from + i / columns;
            int column = i % columns;
            float expected =
                SparseWorkerProcess.addend(0, row, column)
                    + SparseWorkerProcess.addend(1, row, column);
            wrong += rows[i] == expected ? 0 : 1;
          }
          checked += BATCH;
        }
      }
    }
  }
}
