package io.headwater.driver;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointCommit;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.ShardCheckpointWriter;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.log.LogContext;
import io.headwater.model.embedding.CheckpointWords;
import io.headwater.model.embedding.Vocabulary;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Trains word vectors, in this process or by workers that share the matrices at parameter shards:
 * Spark counts and numbers the words, threads or workers train, each epoch ends with a checkpoint
 * whose step is the number of epochs done. A run that goes on from one gives, in one thread of this
 * process, the bits of a run that was never stopped.
 */
public final class EmbeddingRun {
  private final EmbeddingConfig config;
  private final EmbeddingFamily family;
  private final StopSignal stop;
  private final Progress progress;
  private final Instant started = Instant.now();
  private final long begin = System.nanoTime();

  private EmbeddingRun(EmbeddingConfig config, StopSignal stop, Progress progress) {
    this.config = config;
    this.family = EmbeddingFamily.of(config);
    this.stop = stop;
    this.progress = progress;
  }

  /**
   * Runs to the last epoch, or to the end of the one in which a stop is asked for.
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
      EmbeddingReport report =
          config.usesTables() ? run.inTables(spark, resume) : run.here(spark, resume);
      RunMetrics.state(report.state());
      return report;
    }
  }

  /** Both matrices in this process. */
  private EmbeddingReport here(SparkApplication spark, boolean resume) {
    try (WordCorpus corpus =
        WordCorpus.read(spark.session(), config.corpus(), config.embedding().minCount())) {
      return train(corpus.vocabulary(), start -> family.training(corpus, start, progress), resume);
    }
  }

  /** Both matrices at parameter shards. */
  private EmbeddingReport inTables(SparkApplication spark, boolean resume) {
    WordParts text =
        WordParts.count(spark.session(), config.corpus(), config.embedding().minCount());
    return train(
        text.vocabulary(),
        start ->
            new TableTraining(
                config,
                spark,
                text,
                family.config(text.vocabulary()),
                parts -> family.inTables(text.vocabulary(), parts, config.training().blockWords()),
                start.map(Checkpoint::directory),
                progress),
        resume);
  }

  private EmbeddingReport train(
      Vocabulary vocabulary,
      Function<Optional<Checkpoint>, EmbeddingTraining> start,
      boolean resume) {
    progress.say(
        String.format(
            Locale.ROOT, "%,d words, %,d occurrences", vocabulary.size(), vocabulary.total()));
    ObjectNode model = family.config(vocabulary);
    byte[] tokenizer = CheckpointWords.tokenizer(vocabulary);
    Optional<Checkpoint> newest = newest(resume, model, tokenizer);
    int done = newest.map(checkpoint -> (int) checkpoint.step()).orElse(0);
    String from = newest.map(Checkpoint::directory).orElse("");
    try (EmbeddingTraining training = start.apply(newest);
        RunFolder folder = RunFolder.open(Path.of(config.run().directory()), done)) {
      newest.ifPresent(Checkpoint::close);
      CheckpointCommit.discardUnfinished(config.output());
      CheckpointDescription description =
          new CheckpointDescription(
              model, Optional.of(tokenizer), Optional.of(CheckpointWords.counts(vocabulary)));
      try {
        EmbeddingReport report =
            epochs(folder, training, description, vocabulary.size(), done, from);
        folder.writeRun(record(report.toJson(), model, vocabulary));
        return report;
      } catch (RuntimeException e) {
        writeFailure(folder, e, model, vocabulary);
        throw e;
      }
    }
  }

  /** Writes what went wrong; where that cannot be written either, the failure itself says more. */
  private void writeFailure(
      RunFolder folder, RuntimeException failure, ObjectNode model, Vocabulary vocabulary) {
    RunMetrics.state(RunState.FAILED);
    ObjectNode results = JsonNodeFactory.instance.objectNode();
    results.put("status", RunState.FAILED.label());
    results.put("error", String.valueOf(failure.getMessage()));
    try {
      folder.writeRun(record(results, model, vocabulary));
    } catch (UncheckedIOException e) {
      failure.addSuppressed(e);
    }
  }

  private EmbeddingReport epochs(
      RunFolder folder,
      EmbeddingTraining training,
      CheckpointDescription description,
      int words,
      int before,
      String start) {
    int epochs = config.embedding().epochs();
    int done = before;
    String checkpoint = start;
    double loss = Double.NaN;
    double seconds = 0;
    long read = 0;
    while (done < epochs && !stop.isRequested()) {
      progress.begin("epoch " + (done + 1) + "/" + epochs, training.size(), 0);
      EmbeddingTraining.Epoch result =
          training.epoch(done, count -> progress.update(count, training.unit()));
      done++;
      seconds += result.seconds();
      read += result.done();
      loss = result.loss();
      folder.appendMetrics(line(done, training.unit(), result));
      checkpoint = write(training, done, description);
    }
    return new EmbeddingReport(
        config.run().id(),
        done >= epochs ? RunState.SUCCEEDED : RunState.STOPPED,
        done,
        words,
        loss,
        training.unit(),
        read / seconds,
        training.bytesPerWord(),
        (System.nanoTime() - begin) * 1e-9,
        checkpoint);
  }

  private String write(EmbeddingTraining training, int epoch, CheckpointDescription description) {
    TensorLayout layout = training.layout();
    new ShardCheckpointWriter(config.output(), 0, 1, 0, layout.elements())
        .write(epoch, training.weights(), training.optimizerState());
    return new CheckpointCommit(config.output(), layout, 1).commit(epoch, description);
  }

  private Optional<Checkpoint> newest(boolean resume, ObjectNode model, byte[] tokenizer) {
    Optional<Checkpoint> newest = Checkpoint.newest(config.output());
    if (newest.isEmpty()) {
      return newest;
    }
    Checkpoint checkpoint = newest.get();
    if (!resume) {
      checkpoint.close();
      throw new UserException(
          "Cannot write to "
              + config.output()
              + ": it holds the checkpoints of a run; give --resume to go on, or another --output");
    }
    // By their text: numbers of one value may be of different classes once they are read back.
    if (!checkpoint.config().toString().equals(model.toString())
        || !Arrays.equals(checkpoint.tokenizer().orElse(new byte[0]), tokenizer)) {
      checkpoint.close();
      throw new UserException(
          "Cannot resume from "
              + checkpoint.directory()
              + ": it was trained on other words or with other settings");
    }
    progress.say("Resuming from " + checkpoint.directory());
    return newest;
  }

  private static ObjectNode line(int epoch, String unit, EmbeddingTraining.Epoch result) {
    // Words are what other runs call tokens.
    String key = unit.equals("words") ? "tokens" : unit;
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("step", epoch);
    line.put("loss", result.loss());
    line.put(key, result.done());
    line.put(key + "_per_second", result.done() / result.seconds());
    line.put("seconds", result.seconds());
    return line;
  }

  private ObjectNode record(ObjectNode results, ObjectNode model, Vocabulary vocabulary) {
    BuildInfo build = BuildInfo.current();
    ObjectNode run = JsonNodeFactory.instance.objectNode();
    run.put("stage", "pretrain");
    run.put("run_id", config.run().id());
    run.put("started", started.toString());
    run.put("ended", Instant.now().toString());
    run.put("version", build.version());
    run.put("commit", build.commit());
    build.libraries().forEach(run.putObject("libraries")::put);
    ObjectNode data = run.putObject("corpus");
    data.put("directory", config.corpus());
    data.put("tokens", vocabulary.total());
    run.set("model", model);
    run.set("configuration", config.toJson());
    run.set("results", results);
    return run;
  }
}
