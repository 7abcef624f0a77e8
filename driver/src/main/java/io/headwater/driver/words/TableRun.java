package io.headwater.driver.words;

import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.config.ParameterServerSection;
import io.headwater.driver.run.RunFailure;
import io.headwater.driver.run.RunMetrics;
import io.headwater.driver.run.RunState;
import io.headwater.driver.run.RunStates;
import io.headwater.driver.run.Watchers;
import io.headwater.driver.spark.ShardPlaces;
import io.headwater.driver.spark.SparkApplication;
import io.headwater.driver.spark.WorkerJob;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.codec.Codecs;
import io.headwater.ps.coordinator.RunControl;
import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.optimizer.UpdateGuard;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.RunSpecification.Training;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.worker.WordTraining;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shards and workers of a run of word vectors, from their start to their end. */
final class TableRun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TableRun.class);

  /** Beyond what the parameter server itself allows: it names whom it waited for, we cannot. */
  private static final Duration GRACE = Duration.ofMinutes(1);

  private static final LearningRateSchedule.Shape FALL = LearningRateSchedule.Shape.LINEAR;

  private final EmbeddingConfig config;
  private final WordTraining words;
  private final SparkApplication spark;
  private final String folder;
  private final String attempt; // a server refuses a name that it has run before
  private final long incarnation = System.currentTimeMillis();
  private final TableEvents events;
  private final RunStates states;
  private final WireTraffic traffic;
  private final ShardPlaces shards;
  private RunControl control; // null before the shards are open
  private WorkerJob job; // null before the workers are started

  private TableRun(
      EmbeddingConfig config,
      SparkApplication spark,
      WordTraining words,
      String folder,
      Watchers watchers) {
    this.config = config;
    this.spark = spark;
    this.words = words;
    this.folder = folder;
    attempt = config.run().id() + "-" + Long.toString(incarnation, Character.MAX_RADIX);
    events = new TableEvents(words.parts(), config.parameterServer().shards(), watchers);
    states = watchers.states();
    traffic = WireTraffic.of(spark.session().sparkContext());
    shards = ShardPlaces.open(config.parameterServer(), config.security().protection());
  }

  /**
   * Starts shards and workers.
   *
   * @param flat checkpoint of the flat vector that it starts from
   * @param folder of tables and of all that is temporary
   */
  static TableRun start(
      EmbeddingConfig config,
      SparkApplication spark,
      WordTraining words,
      String flat,
      String folder,
      Watchers watchers) {
    TableRun run = new TableRun(config, spark, words, folder, watchers);
    try {
      run.open(flat);
      return run;
    } catch (RuntimeException e) {
      run.close();
      throw e instanceof ParameterServerException ? new RunFailure(e.getMessage(), e) : e;
    }
  }

  private void open(String flat) {
    RunMetrics.plan(steps(), words.parts());
    RunMetrics.sparkApplication(spark.session().sparkContext().applicationId());
    control =
        RunControl.open(
            shards.coordinator(spark),
            shards.endpoints(),
            specification(flat),
            config.security().protection(),
            UpdateGuard.State.START,
            events);
    job =
        WorkerJob.start(
            spark.session(),
            config.training().workers(),
            new RowWorkers(
                clients(),
                JavaSparkContext.fromSparkContext(spark.session().sparkContext()).broadcast(words),
                traffic),
            config.run().id(),
            config.metrics().workerPort());
    job.end().whenComplete((done, reason) -> workersEnded(reason));
    states.enter(RunState.TRAINING);
  }

  private void workersEnded(Throwable reason) {
    if (reason != null) {
      events.failed(new RunFailure(WorkerJob.reason(reason), reason));
    }
  }

  /** A batch is an update of its own, as soon as a worker is done with it. */
  private RunSpecification specification(String flat) {
    int parts = words.parts();
    long steps = steps();
    return new RunSpecification(
        attempt,
        config.training().workers(),
        new Training(
            steps,
            1,
            1,
            Training.ANY,
            0,
            OptimizerConfig.sgd(),
            new LearningRateSchedule(
                (float) words.learningRate(), (float) words.lastLearningRate(), 0, steps, FALL),
            Codecs.NONE),
        new RunSpecification.Checkpoints(flat, folder, parts),
        config.parameterServer().timeouts());
  }

  private long steps() {
    return (long) words.epochs() * words.parts();
  }

  private List<WorkerClientConfig> clients() {
    List<ShardEndpoint> endpoints = shards.endpoints();
    ParameterServerSection servers = config.parameterServer();
    return IntStream.range(0, config.training().workers())
        .mapToObj(
            worker ->
                new WorkerClientConfig(
                    attempt,
                    worker,
                    incarnation,
                    control.coordinator(),
                    endpoints,
                    servers.startTimeout(),
                    servers.coordinatorSilence(),
                    config.security().protection()))
        .toList();
  }

  /**
   * Waits until an epoch is done and its tables are on storage.
   *
   * @param told hears how many words are done
   * @throws RunFailure if the run fails
   */
  TableEvents.Done await(int epoch, LongConsumer told) {
    CompletableFuture<TableEvents.Done> end = events.watch(epoch, told);
    try {
      while (true) {
        try {
          return end.get(1, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
          checkAlive(epoch);
        }
      }
    } catch (ExecutionException e) {
      throw new RunFailure(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunFailure("Cannot go on with the run: its thread was interrupted", e);
    }
  }

  /** The last bound, should the parameter server's own not hold. */
  private void checkAlive(int epoch) {
    ParameterServerSection servers = config.parameterServer();
    Duration allowed =
        servers
            .startTimeout()
            .plus(servers.stepTimeout())
            .plus(servers.snapshotTimeout())
            .plus(GRACE);
    if (events.idleSeconds() > allowed.toSeconds()) {
      throw new RunFailure(
          "Cannot go on with epoch %d: no part was done for %d s; waited for the"
                  .formatted(epoch + 1, allowed.toSeconds())
              + " parameter server's events");
    }
  }

  /** Waits for the workers, who end with the last epoch. */
  void finish() {
    try {
      job.dismiss(GRACE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunFailure("Cannot finish the run: its thread was interrupted", e);
    }
  }

  /** Bytes of row frames that crossed the wire per word; NaN while workers go on. */
  double bytesPerUnit() {
    return traffic.bytesPerUnit();
  }

  /** Lets the workers finish their parts if the run is sound; stops them at once if not. */
  private void endWorkers() {
    if (!events.hasFailed()) {
      control.requestStop();
      try {
        job.end().get(GRACE.toSeconds(), TimeUnit.SECONDS);
        return;
      } catch (ExecutionException | TimeoutException e) {
        LOG.warn("The workers of run {} did not end in order", attempt, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    job.cancel();
  }

  /** Ends the run, wherever it is. */
  @Override
  public void close() {
    if (job != null && !job.end().isDone()) {
      endWorkers();
    }
    if (control != null) {
      control.close();
    }
    shards.close();
  }
}
