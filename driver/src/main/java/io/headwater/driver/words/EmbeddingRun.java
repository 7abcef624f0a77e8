package io.headwater.driver.words;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointCommit;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.Storage;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.words.Segmentation;
import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.log.LogContext;
import io.headwater.driver.run.MetricsEndpoint;
import io.headwater.driver.run.Progress;
import io.headwater.driver.run.RunFolder;
import io.headwater.driver.run.RunMetrics;
import io.headwater.driver.run.RunRecord;
import io.headwater.driver.run.RunState;
import io.headwater.driver.run.RunStates;
import io.headwater.driver.run.RunTime;
import io.headwater.driver.run.StopSignal;
import io.headwater.driver.run.Watchers;
import io.headwater.driver.spark.ShardPlaces;
import io.headwater.driver.spark.SparkApplication;
import io.headwater.driver.spark.SparkStatusTab;
import io.headwater.driver.status.RunOverview;
import io.headwater.driver.status.StatusFile;
import io.headwater.driver.status.StatusPage;
import io.headwater.model.embedding.CheckpointWords;
import io.headwater.model.embedding.EpochPosition;
import io.headwater.model.embedding.Vocabulary;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Trains word vectors, in this process or by workers that share the matrices at parameter shards:
 * Spark counts and numbers the words, threads or workers train, each epoch ends with a checkpoint
 * whose step is the number of epochs done. A run that goes on from one gives, in one thread of this
 * process, the bits of a run that was never stopped.
 */
public final class EmbeddingRun {
  private final EmbeddingConfig config;
  private final EmbeddingFamily family;
  private final EmbeddingCheckpoints checkpoints;
  private final StopSignal stop;
  private final Progress progress;
  private final RunStates states;
  private final long begin = System.nanoTime();
  private long spentNanos = begin;
  private int epochsDone;

  private EmbeddingRun(EmbeddingConfig config, StopSignal stop, Progress progress) {
    this.config = config;
    this.family = EmbeddingFamily.of(config);
    this.checkpoints = new EmbeddingCheckpoints(config.output());
    this.stop = stop;
    this.progress = progress;
    this.states = new RunStates(RunOverview.of(config));
  }

  /**
   * Runs to the last epoch, or until a stop is asked for: inside an epoch, or with workers at the
   * end of one.
   *
   * @param resume go on from the newest valid checkpoint under the output
   * @throws UserException if something given is wrong
   */
  public static EmbeddingReport run(
      EmbeddingConfig config, boolean resume, StopSignal stop, Progress progress) {
    LogContext.run(config.run().id());
    EmbeddingRun run = new EmbeddingRun(config, stop, progress);
    if (!resume) {
      RunFolder.checkUnused(Path.of(config.run().directory()));
    }
    RunMetrics.run(config);
    if (config.usesTables()) {
      ShardPlaces.check(config.spark(), config.parameterServer(), config.security().protection());
    }
    try (MetricsEndpoint metrics =
            MetricsEndpoint.start(config.metrics().address(), config.metrics().port());
        SparkApplication spark =
            SparkApplication.start(
                config.run().id(), config.spark().master(), config.training().workers(), 1)) {
      metrics.serve(new StatusPage(run.states.status()));
      SparkStatusTab.attach(spark.session(), run.states.status());
      run.states.enter(RunState.STARTING);
      return run.train(spark, resume);
    } catch (RuntimeException e) {
      run.states.fail(e);
      throw e;
    }
  }

  private EmbeddingReport train(SparkApplication spark, boolean resume) {
    Optional<GivenVectors> given =
        config.model().isGiven()
            ? Optional.of(family.given(config.model().from()))
            : Optional.empty();
    WordText text =
        WordText.count(spark.session(), config, given.map(GivenVectors::words).orElse(Set.of()));
    Vocabulary vocabulary = text.vocabulary();
    progress.say(
        String.format(
            Locale.ROOT, "%,d words, %,d occurrences", vocabulary.size(), vocabulary.total()));
    family.check(vocabulary);
    ObjectNode model = model(vocabulary);
    CheckpointDescription description =
        new CheckpointDescription(
            model,
            Optional.of(CheckpointWords.tokenizer(vocabulary)),
            Optional.of(CheckpointWords.counts(vocabulary)));
    Optional<Checkpoint> start =
        checkpoints
            .newest(resume, config.usesTables(), description)
            .or(() -> given.map(known -> checkpoints.first(known.grown(vocabulary), description)));
    start
        .filter(checkpoint -> resume)
        .ifPresent(checkpoint -> progress.say("Resuming from " + checkpoint.directory()));
    int done = start.map(checkpoint -> (int) checkpoint.step()).orElse(0);
    Optional<EpochPosition> inside = start.flatMap(EmbeddingCheckpoints::position);
    String from = start.map(Checkpoint::directory).orElse("");
    try (EmbeddingTraining training = training(spark, text, model, start);
        RunFolder folder =
            RunFolder.open(Path.of(config.run().directory()), config.output(), done);
        StatusFile file = StatusFile.keep(folder.directory(), states.status())) {
      start.ifPresent(Checkpoint::close);
      CheckpointCommit.discardUnfinished(config.output());
      RunRecord record =
          new RunRecord(folder, "pretrain", config.run().id(), asked(model, vocabulary));
      folder.forEachStep(states.status()::recall);
      states.status().startsFrom(done, done * training.size());
      RunMetrics.startsFrom(done);
      record.writeStart(done);
      try {
        EmbeddingReport report =
            epochs(folder, training, description, vocabulary.size(), done, inside, from);
        record.write(report.toJson());
        states.enter(report.state());
        return report;
      } catch (RuntimeException e) {
        record.writeFailure(e, epochsDone);
        states.fail(e);
        throw e;
      }
    }
  }

  /** What decides the course of training; how words are made of text is left out if it is plain. */
  private ObjectNode model(Vocabulary vocabulary) {
    ObjectNode model = family.config(vocabulary);
    Segmentation segmentation = Segmentation.named(config.embedding().segmentation());
    if (segmentation != Segmentation.BLANKS) {
      model.put("segmentation", segmentation.toString());
    }
    if (!config.embedding().phrases().isEmpty()) {
      model.put("phrases", String.join(",", config.embedding().phrases()));
    }
    return model;
  }

  /** Both matrices in this process, or at parameter shards. */
  private EmbeddingTraining training(
      SparkApplication spark, WordText text, ObjectNode model, Optional<Checkpoint> start) {
    if (!config.usesTables()) {
      return family.training(text, start, progress);
    }
    String folder = TableTraining.folder(config);
    Storage.delete(folder); // of a run that was killed
    try {
      return new TableTraining(
          config,
          spark,
          model,
          family.inTables(text, config.training(), folder + "/parts", progress),
          start.map(Checkpoint::directory),
          new Watchers(progress, states));
    } catch (RuntimeException e) {
      Storage.delete(folder);
      throw e;
    }
  }

  private EmbeddingReport epochs(
      RunFolder folder,
      EmbeddingTraining training,
      CheckpointDescription description,
      int words,
      int before,
      Optional<EpochPosition> inside,
      String start) {
    int epochs = config.embedding().epochs();
    long asked = config.embedding().checkpointWords();
    long most = asked == 0 ? Long.MAX_VALUE : asked; // words until a checkpoint
    int done = before;
    reached(done);
    String checkpoint = start;
    double loss = Double.NaN;
    double seconds = 0;
    long read = 0;
    Optional<EpochPosition> position = inside;
    states.enter(RunState.TRAINING);
    spend(RunTime.Use.STARTUP);
    while (done < epochs && !stop.isRequested()) {
      EpochWatch watch =
          new EpochWatch(training, done, epochs, new Watchers(progress, states), counter(training));
      EmbeddingTraining.Epoch result =
          training.epoch(done, position, watch, () -> stop.isRequested() || watch.heard() >= most);
      spend(RunTime.Use.PRODUCTIVE);
      position = result.position();
      seconds += result.seconds();
      read += result.doneHere();
      loss = result.loss();
      if (position.isPresent()) {
        checkpoint = commitInside(training, done, description, position.get());
        folder.keep();
      } else {
        done++;
        reached(done);
        states
            .status()
            .epochCompleted(
                done, loss, done * training.size(), result.doneHere() / result.seconds());
        folder.appendMetrics(line(done, training.unit(), result));
        checkpoint = commit(training, done, description);
        folder.keep();
        if (!config.usesTables()) { // whose workers have told of each part
          RunMetrics.step(result.loss(), result.seconds());
        }
      }
    }
    return new EmbeddingReport(
        config.run().id(),
        done >= epochs ? RunState.SUCCEEDED : RunState.STOPPED,
        done,
        words,
        loss,
        training.unit(),
        read / seconds,
        training.bytesPerUnit(),
        (System.nanoTime() - begin) * 1e-9,
        checkpoint);
  }

  /** The step of a run in one process is its epoch; with workers it is a part of the text. */
  private void reached(int epochs) {
    epochsDone = epochs;
    if (!config.usesTables()) {
      LogContext.step(epochs);
    }
  }

  private String commit(EmbeddingTraining training, int epochs, CheckpointDescription description) {
    long start = System.nanoTime();
    String written = checkpoints.write(epochs, training, description);
    return committed(written, epochs, start);
  }

  private String commitInside(
      EmbeddingTraining training,
      int epochs,
      CheckpointDescription description,
      EpochPosition position) {
    long start = System.nanoTime();
    String written = checkpoints.writeInside(epochs, training, description, position);
    return committed(written, epochs, start);
  }

  private String committed(String written, int epochs, long start) {
    double seconds = (System.nanoTime() - start) * 1e-9;
    spend(RunTime.Use.CHECKPOINT);
    RunMetrics.checkpointCommitted(epochs, written, seconds);
    states.status().checkpointCommitted(epochs, written, seconds);
    return written;
  }

  /** Of words that no worker tells of. */
  private LongConsumer counter(EmbeddingTraining training) {
    boolean counts = training.unit().equals("words") && !config.usesTables();
    return counts ? RunMetrics::words : words -> {};
  }

  /** All time since the stretch before went into this. */
  private void spend(RunTime.Use use) {
    long now = System.nanoTime();
    RunMetrics.spent(use, (now - spentNanos) * 1e-9);
    spentNanos = now;
  }

  private static ObjectNode line(int epoch, String unit, EmbeddingTraining.Epoch result) {
    // Words are what other runs call tokens.
    String key = unit.equals("words") ? "tokens" : unit;
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("step", epoch);
    line.put("loss", result.loss());
    line.put(key, result.done());
    line.put(key + "_per_second", result.doneHere() / result.seconds());
    line.put("seconds", result.seconds());
    return line;
  }

  private ObjectNode asked(ObjectNode model, Vocabulary vocabulary) {
    ObjectNode asked = JsonNodeFactory.instance.objectNode();
    ObjectNode data = asked.putObject("corpus");
    data.put("directory", config.corpus());
    data.put("tokens", vocabulary.total());
    asked.set("model", model);
    asked.set("configuration", config.toJson());
    return asked;
  }
}
