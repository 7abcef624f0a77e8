package io.headwater.driver.pretrain;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointCommit;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.shard.Split;
import io.headwater.driver.config.RunConfig;
import io.headwater.driver.config.TrainingSection;
import io.headwater.driver.log.LogContext;
import io.headwater.driver.run.MetricsEndpoint;
import io.headwater.driver.run.Progress;
import io.headwater.driver.run.RunFolder;
import io.headwater.driver.run.RunMetrics;
import io.headwater.driver.run.RunRecord;
import io.headwater.driver.run.RunState;
import io.headwater.driver.run.RunStates;
import io.headwater.driver.run.StopSignal;
import io.headwater.driver.spark.ShardPlaces;
import io.headwater.driver.spark.SparkApplication;
import io.headwater.driver.status.RunOverview;
import io.headwater.driver.status.StatusFile;
import io.headwater.driver.status.StatusPage;
import io.headwater.model.ModelFamily;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One pretraining run, from its configuration to its last checkpoint.
 *
 * <p>States: SUBMITTED (everything is checked, nothing written), STARTING (initial checkpoint,
 * shards, Spark job), TRAINING, STOPPING after a stop was asked for, and the ends SUCCEEDED,
 * STOPPED and FAILED. One thread runs it; events of the parameter server come on a second one,
 * commits of checkpoints on a third.
 */
public final class PretrainingRun {
  private final RunConfig config;
  private final boolean resume;
  private final StopSignal stop;
  private final Progress progress;
  private final RunStates states;
  private final long begin = System.nanoTime();

  private PretrainingRun(RunConfig config, boolean resume, StopSignal stop, Progress progress) {
    this.config = config;
    this.resume = resume;
    this.stop = stop;
    this.progress = progress;
    this.states = new RunStates(RunOverview.of(config));
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
    LogContext.run(config.run().id());
    RunMetrics.run(config);
    return run.run();
  }

  private PretrainingReport run() {
    TrainingSection training = config.training();
    if (SparkApplication.isLocal(SparkApplication.master(config.spark().master()))) {
      training.execution().precision().check(training.device());
    }
    ShardPlaces.check(config.spark(), config.parameterServer(), config.security().protection());
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
    if (newest.isEmpty() && config.model().isGiven()) {
      GivenWeights.check(config.model().from(), family.layout(model), corpus, config.corpus());
    }

    long stepsDone = newest.map(StartingPoint::step).orElse(0L);
    try (MetricsEndpoint metrics =
            MetricsEndpoint.start(config.metrics().address(), config.metrics().port());
        RunFolder folder =
            RunFolder.open(Path.of(config.run().directory()), config.output(), stepsDone);
        StatusFile file = StatusFile.keep(folder.directory(), states.status())) {
      metrics.serve(new StatusPage(states.status()));
      return train(folder, corpus, model, trainingState, newest);
    }
  }

  private PretrainingReport train(
      RunFolder folder,
      CorpusFacts corpus,
      ObjectNode model,
      TrainingState trainingState,
      Optional<StartingPoint> newest) {
    RunRecord record = new RunRecord(folder, "pretrain", config.run().id(), asked(corpus, model));
    long stepsDone = newest.map(StartingPoint::step).orElse(0L);
    TrainingLog log =
        new TrainingLog(
            folder,
            progress,
            config.training().steps(),
            stepsDone,
            corpus.manifest().splits().get(Split.TRAIN).tokens(),
            config.training().logEvery());
    folder.forEachStep(states.status()::recall);
    states.status().startsFrom(stepsDone, folder.before().tokens());
    LogContext.step(stepsDone);
    record.writeStart(stepsDone);
    try {
      states.enter(RunState.STARTING);
      CheckpointCommit.discardUnfinished(config.output());
      StartingPoint start =
          newest.orElseGet(() -> fresh(description(corpus, model, trainingState.atStart())));
      Training training =
          new Training(
              config,
              model,
              start,
              log,
              (step, guard) -> description(corpus, model, trainingState.at(step, guard)),
              states);
      boolean done = stepsDone >= config.training().steps();
      PretrainingReport report = report(log, done ? start.directory() : training.run(stop));
      record.write(report.toJson());
      states.enter(report.state());
      return report;
    } catch (RuntimeException e) {
      record.writeFailure(e, log.completed());
      states.fail(e);
      throw e;
    }
  }

  private ObjectNode asked(CorpusFacts corpus, ObjectNode model) {
    ObjectNode asked = JsonNodeFactory.instance.objectNode();
    ObjectNode data = asked.putObject("corpus");
    data.put("directory", config.corpus());
    data.put("sha256", corpus.sha256());
    data.put("tokens", corpus.manifest().tokens());
    asked.set("model", model);
    asked.set("configuration", config.toJson());
    return asked;
  }

  private StartingPoint fresh(CheckpointDescription description) {
    ModelFamily family = config.model().family();
    return config.model().isGiven()
        ? StartingPoint.given(
            config.output(),
            family.layout(description.config()),
            config.model().from(),
            description)
        : StartingPoint.fresh(config.output(), family, description, config.training().seed());
  }

  private PretrainingReport report(TrainingLog log, String checkpoint) {
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

  private static CheckpointDescription description(
      CorpusFacts corpus, ObjectNode model, ObjectNode trainingState) {
    return new CheckpointDescription(
        model, Optional.of(corpus.tokenizer()), Optional.of(trainingState));
  }
}
