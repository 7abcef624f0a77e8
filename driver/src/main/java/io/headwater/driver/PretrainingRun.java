package io.headwater.driver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointCommit;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.ParameterServerSection;
import io.headwater.driver.config.RunConfig;
import io.headwater.driver.config.TrainingSection;
import io.headwater.model.ModelFamily;
import io.headwater.ps.server.ParameterServer;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pretraining run, from its configuration to its last checkpoint.
 *
 * <p>States: SUBMITTED (everything is checked, nothing written), STARTING (initial checkpoint,
 * shards, Spark job), TRAINING, STOPPING after a stop was asked for, and the ends SUCCEEDED,
 * STOPPED and FAILED. One thread runs it; events of the parameter server come on a second one,
 * commits of checkpoints on a third.
 */
public final class PretrainingRun {
  private static final Logger LOG = LoggerFactory.getLogger(PretrainingRun.class);

  private final RunConfig config;
  private final boolean resume;
  private final StopSignal stop;
  private final Progress progress;
  private RunState state = RunState.SUBMITTED;

  private PretrainingRun(RunConfig config, boolean resume, StopSignal stop, Progress progress) {
    this.config = config;
    this.resume = resume;
    this.stop = stop;
    this.progress = progress;
  }

  /**
   * Runs to the last step, or until a stop is asked for.
   *
   * @param resume go on from the newest valid checkpoint under the output
   * @throws UserException if something given is wrong; nothing is written then
   * @throws RunFailure if the run fails
   */
  public static PretrainingReport run(
      RunConfig config, boolean resume, StopSignal stop, Progress progress) {
    PretrainingRun run = new PretrainingRun(config, resume, stop, progress);
    RunMetrics.run(config);
    run.enter(RunState.SUBMITTED);
    try {
      return run.run();
    } catch (RuntimeException e) {
      run.enter(RunState.FAILED);
      throw e;
    }
  }

  private PretrainingReport run() {
    long begin = System.nanoTime();
    TrainingSection training = config.training();
    checkReachable();
    CorpusFacts corpus = CorpusFacts.verify(config.corpus());
    ModelFamily family = config.model().family();
    ObjectNode model = config.model().json(corpus.vocabularySize());
    int contextLength = family.contextLength(model);
    CorpusFacts.checkExamples(config.corpus(), model, training.seed());
    TrainingState trainingState =
        TrainingState.of(
            config.model().preset(),
            corpus.sha256(),
            training,
            config.consistency(),
            contextLength);
    Optional<StartingPoint> newest = newest(model, trainingState);

    try (MetricsEndpoint metrics = MetricsEndpoint.start(config.metrics().port());
        RunFolder folder =
            RunFolder.open(
                Path.of(config.run().directory()), newest.map(StartingPoint::step).orElse(0L))) {
      enter(RunState.STARTING);
      CheckpointCommit.discardUnfinished(config.output());
      StartingPoint start =
          newest.orElseGet(
              () ->
                  StartingPoint.fresh(
                      config.output(),
                      family,
                      description(corpus, model, trainingState, 0),
                      training.seed()));
      RunRecord record = new RunRecord(folder, config, corpus, model);
      TrainingLog log =
          new TrainingLog(folder, progress, training.steps(), start.step(), training.logEvery());
      Training run =
          new Training(
              config,
              model,
              start,
              log,
              step -> description(corpus, model, trainingState, step),
              this::enter);
      try {
        String checkpoint = start.step() >= training.steps() ? start.directory() : run.run(stop);
        PretrainingReport report = report(log, checkpoint, begin);
        record.write(report);
        enter(report.state());
        return report;
      } catch (RuntimeException e) {
        record.writeFailure(e, log.completed());
        throw e;
      }
    }
  }

  private PretrainingReport report(TrainingLog log, String checkpoint, long begin) {
    return new PretrainingReport(
        config.run().id(),
        log.completed() >= config.training().steps() ? RunState.SUCCEEDED : RunState.STOPPED,
        log.completed(),
        log.tokens(),
        log.firstLoss(),
        log.finalLoss(),
        log.tokensPerSecond(),
        (System.nanoTime() - begin) * 1e-9,
        checkpoint);
  }

  private Optional<StartingPoint> newest(ObjectNode model, TrainingState trainingState) {
    if (resume) {
      Optional<StartingPoint> newest = StartingPoint.newest(config.output(), model, trainingState);
      progress.say(
          newest
              .map(start -> "Resuming from " + start.directory())
              .orElse("Nothing to resume under " + config.output() + ": starting afresh"));
      return newest;
    }
    RunFolder.checkUnused(Path.of(config.run().directory()));
    Checkpoint.newest(config.output())
        .ifPresent(
            checkpoint -> {
              checkpoint.close();
              throw new UserException(
                  "Cannot write to "
                      + config.output()
                      + ": it holds the checkpoints of a run; give --resume to go on, or another"
                      + " --output");
            });
    return Optional.empty();
  }

  private void checkReachable() {
    String master = SparkApplication.master(config.spark().master());
    ParameterServerSection servers = config.parameterServer();
    if (!SparkApplication.isLocal(master) && !servers.isRemote() && !servers.isNetworked()) {
      throw new UserException(
          "Cannot run workers at "
              + master
              + ": they cannot reach shards inside the driver; set parameter-server.host or"
              + " parameter-server.endpoints");
    }
    if (servers.isNetworked() && !servers.isRemote()) {
      servers.shardEndpoints().forEach(ParameterServer::checkPorts);
    }
  }

  private static CheckpointDescription description(
      CorpusFacts corpus, ObjectNode model, TrainingState trainingState, long step) {
    return new CheckpointDescription(
        model, Optional.of(corpus.tokenizer()), Optional.of(trainingState.at(step)));
  }

  private void enter(RunState next) {
    if (next != state) {
      LOG.info("Run {}: {} -> {}", config.run().id(), state, next);
    }
    state = next;
    RunMetrics.state(next);
  }
}
