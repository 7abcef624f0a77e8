package io.headwater.driver.pretrain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.driver.config.ConsistencySection;
import io.headwater.driver.config.ParameterServerSection;
import io.headwater.driver.config.RunConfig;
import io.headwater.driver.config.TrainingSection;
import io.headwater.driver.run.RunFailure;
import io.headwater.driver.run.RunMetrics;
import io.headwater.driver.run.RunState;
import io.headwater.driver.run.RunStates;
import io.headwater.driver.run.StopSignal;
import io.headwater.driver.spark.ShardPlaces;
import io.headwater.driver.spark.SparkApplication;
import io.headwater.driver.spark.SparkStatusTab;
import io.headwater.driver.spark.WorkerFiguresListener;
import io.headwater.driver.spark.WorkerJob;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.coordinator.RunControl;
import io.headwater.ps.optimizer.Optimizer;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.optimizer.UpdateGuard;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.protocol.ShardRange;
import io.headwater.worker.LocalTraining;
import io.headwater.worker.ValidationPlan;
import io.headwater.worker.WorkerConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/** The part of a run in which shards and workers are up. */
final class Training {
  /** Beyond what the parameter server itself allows: it names whom it waited for, we cannot. */
  private static final Duration GRACE = Duration.ofMinutes(1);

  private final RunConfig config;
  private final ObjectNode model;
  private final StartingPoint start;
  private final TrainingLog log;
  private final BiFunction<Long, UpdateGuard.State, CheckpointDescription> description;
  private final RunStates states;
  private final long attempt = System.currentTimeMillis();

  Training(
      RunConfig config,
      ObjectNode model,
      StartingPoint start,
      TrainingLog log,
      BiFunction<Long, UpdateGuard.State, CheckpointDescription> description,
      RunStates states) {
    this.config = config;
    this.model = model;
    this.start = start;
    this.log = log;
    this.description = description;
    this.states = states;
  }

  /**
   * Trains.
   *
   * @return folder of the newest checkpoint
   */
  String run(StopSignal stop) {
    try (ShardPlaces shards =
        ShardPlaces.open(config.parameterServer(), config.security().protection())) {
      return run(stop, shards);
    }
  }

  private String run(StopSignal stop, ShardPlaces shards) {
    List<ShardEndpoint> endpoints = shards.endpoints();
    RunEnd end = new RunEnd();
    GuardHistory guard = new GuardHistory(start.step(), start.guard());
    try (CheckpointCommitter committer =
            new CheckpointCommitter(
                config.output(),
                start,
                ShardEndpoint.shards(endpoints),
                config.checkpoint().keep(),
                step -> description.apply(step, guard.at(step)),
                new CommitNews(states.status(), log, end));
        SparkApplication spark = spark();
        RunControl control =
            open(
                shards.coordinator(spark),
                endpoints,
                new RunEvents(states.status(), log, committer, guard, end))) {
      RunMetrics.sparkApplication(spark.session().sparkContext().applicationId());
      SparkStatusTab.attach(spark.session(), states.status());
      spark.session().sparkContext().addSparkListener(new WorkerFiguresListener(states.status()));
      Evaluations evaluations =
          new Evaluations(
              config.training().microBatches(), new EvaluationNews(states.status(), log));
      WorkerJob job =
          WorkerJob.start(
              spark.session(),
              config.training().workers(),
              new GradientWorkers(
                  workers(control.coordinator(), endpoints),
                  evaluations.register(spark.session().sparkContext())),
              config.run().id(),
              config.metrics().workerPort());
      job.end().whenComplete((done, failure) -> end.workersEnded(failure));
      states.enter(RunState.TRAINING);
      stop.onRequest(
          () -> {
            states.enter(RunState.STOPPING);
            control.requestStop();
          });
      awaitEnd(end, job, stop);
      job.dismiss(GRACE);
      evaluations.finish();
      committer.finish(config.parameterServer().snapshotTimeout());
      log.ended();
      end.checkCommitted();
      return committer.newest();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunFailure("Cannot go on with the run: its thread was interrupted", e);
    } catch (ParameterServerException e) {
      throw new RunFailure(e.getMessage(), e);
    }
  }

  /** Has the shards load what the run starts from. */
  private RunControl open(
      CoordinatorEndpoint coordinator, List<ShardEndpoint> endpoints, RunEvents events) {
    long beginNanos = System.nanoTime();
    RunControl control =
        RunControl.open(
            coordinator,
            endpoints,
            specification(),
            config.security().protection(),
            start.guard(),
            events);
    RunMetrics.restored((System.nanoTime() - beginNanos) * 1e-9);
    log.restored(beginNanos);
    tellWhatShardsHold(endpoints);
    return control;
  }

  /** Shards that are processes of their own have their figures there. */
  private void tellWhatShardsHold(List<ShardEndpoint> endpoints) {
    TensorLayout layout = start.layout();
    OptimizerConfig optimizer = specification().training().optimizer();
    int vectors = 1 + new Optimizer(optimizer, layout, 0, 1).state().size();
    for (ShardEndpoint endpoint : endpoints) {
      ShardRange range =
          ShardRange.of(
              layout.elements(),
              endpoint.shard(),
              ShardEndpoint.shards(endpoints),
              endpoint.chunkElements());
      states
          .status()
          .shardHolds(endpoint.shard(), range.elements(), Float.BYTES * vectors * range.elements());
    }
  }

  private void awaitEnd(RunEnd end, WorkerJob job, StopSignal stop) throws InterruptedException {
    try {
      while (true) {
        try {
          end.get(1, TimeUnit.SECONDS);
          return;
        } catch (TimeoutException e) {
          checkAlive(stop);
        }
      }
    } catch (ExecutionException e) {
      job.cancel();
      throw new RunFailure(WorkerJob.reason(e), e);
    } catch (RunFailure e) {
      job.cancel();
      throw e;
    }
  }

  /** The last bound, should the parameter server's own not hold. */
  private void checkAlive(StopSignal stop) {
    ParameterServerSection servers = config.parameterServer();
    Duration allowed =
        servers
            .startTimeout()
            .plus(servers.stepTimeout())
            .plus(stop.isRequested() ? servers.snapshotTimeout() : Duration.ZERO)
            .plus(GRACE);
    if (log.idleSeconds() > allowed.toSeconds()) {
      throw new RunFailure(
          "Cannot go on with the run: no step was completed for %d s, after step %d; waited for the"
                  .formatted(allowed.toSeconds(), log.completed())
              + " parameter server's events");
    }
  }

  private SparkApplication spark() {
    TrainingSection training = config.training();
    return SparkApplication.start(
        "headwater pretrain " + config.run().id(),
        config.spark().master(),
        training.workers(),
        training.threadsPerWorker());
  }

  private RunSpecification specification() {
    TrainingSection training = config.training();
    boolean local = config.consistency().isLocal();
    return new RunSpecification(
        attemptId(),
        training.workers(),
        new RunSpecification.Training(
            training.steps(),
            training.microBatches(),
            config.consistency().stepsPerUpdate(),
            config.consistency().staleness(),
            (float) training.guard(),
            local ? config.consistency().outerOptimizer() : training.optimizerConfig(),
            local ? config.consistency().outerSchedule() : training.schedule(),
            config.parameterServer().codecs()),
        new RunSpecification.Checkpoints(
            start.directory(), config.output(), config.checkpoint().everySteps()),
        config.parameterServer().timeouts());
  }

  private List<WorkerConfig> workers(
      CoordinatorEndpoint coordinator, List<ShardEndpoint> endpoints) {
    return IntStream.range(0, config.training().workers())
        .mapToObj(worker -> worker(worker, coordinator, endpoints))
        .toList();
  }

  private WorkerConfig worker(
      int worker, CoordinatorEndpoint coordinator, List<ShardEndpoint> endpoints) {
    TrainingSection training = config.training();
    ParameterServerSection servers = config.parameterServer();
    return new WorkerConfig(
        new WorkerClientConfig(
            attemptId(),
            worker,
            attempt,
            coordinator,
            endpoints,
            servers.startTimeout(),
            servers.coordinatorSilence(),
            config.security().protection()),
        model.toString(),
        config.corpus(),
        training.execution(),
        training.batchSize(),
        training.microBatches(),
        training.seed(),
        training.guard() > 0,
        validation(),
        localTraining());
  }

  /** In a run of local steps the weights change only once in some steps. */
  private ValidationPlan validation() {
    long every = config.training().evaluateEverySteps();
    long between = config.consistency().stepsPerUpdate();
    return every == 0
        ? ValidationPlan.NEVER
        : new ValidationPlan(
            (every + between - 1) / between * between, config.training().evaluateSequences());
  }

  private LocalTraining localTraining() {
    TrainingSection training = config.training();
    ConsistencySection consistency = config.consistency();
    return consistency.isLocal()
        ? new LocalTraining(
            consistency.localSteps(), training.optimizerConfig(), training.schedule())
        : null;
  }

  /** A server refuses a name that it has run before, so each attempt has its own. */
  private String attemptId() {
    return config.run().id() + "-" + Long.toString(attempt, Character.MAX_RADIX);
  }
}
