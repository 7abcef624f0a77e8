package io.headwater.driver.quickstart;

import io.headwater.checkpoint.UserException;
import io.headwater.corpus.Ingest;
import io.headwater.corpus.IngestConfig;
import io.headwater.corpus.IngestProgress;
import io.headwater.corpus.IngestReport;
import io.headwater.corpus.tokenize.TokenizerOptions;
import io.headwater.driver.config.RunConfigReader;
import io.headwater.driver.pretrain.PretrainingReport;
import io.headwater.driver.pretrain.PretrainingRun;
import io.headwater.driver.run.Progress;
import io.headwater.driver.run.StopSignal;
import io.headwater.driver.spark.SparkApplication;
import io.headwater.driver.text.TextGeneration;
import io.headwater.finetune.Columns;
import io.headwater.finetune.FineTuneConfig;
import io.headwater.finetune.FineTuneProgress;
import io.headwater.finetune.FineTuneSettings;
import io.headwater.finetune.FineTuneTask;
import io.headwater.finetune.Method;
import io.headwater.finetune.classify.Classification;
import io.headwater.model.Execution;
import io.headwater.model.generation.Sampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Ingest, pretrain, fine-tune, compare.
 *
 * @param output folder of everything it makes; absent or empty
 * @param steps of pretraining
 */
public record Quickstart(Path output, int steps) {
  private static final int VOCABULARY = 4096;
  private static final int BATCH = 24; // sequences
  private static final int SEEDS = 3;
  private static final int EPOCHS = 6;
  private static final int FINE_TUNE_BATCH = 16;
  private static final float FINE_TUNE_RATE = 5e-4f;

  /**
   * Does it all.
   *
   * @param phases hears the phases of the ingest
   * @return nothing if a stop was asked for
   */
  public Optional<QuickstartReport> run(
      IngestProgress phases, FineTuneProgress epochs, StopSignal stop, Progress progress) {
    long begin = System.nanoTime();
    SourceArchives archives = SourceArchives.ofBuild();
    checkUnused();
    IngestReport ingest = ingest(archives, phases);
    PretrainingReport pretraining =
        PretrainingRun.run(
            RunConfigReader.read(Optional.empty(), List.of(), runOptions()), false, stop, progress);
    if (!pretraining.isComplete()) {
      return Optional.empty();
    }
    Snippets.write(archives, output);
    List<Double> pretrained = new ArrayList<>();
    List<Double> scratch = new ArrayList<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      pretrained.add(accuracy(pretraining.checkpoint(), Method.FULL, seed, epochs));
      scratch.add(accuracy(pretraining.checkpoint(), Method.SCRATCH, seed, epochs));
    }
    String sample =
        new TextGeneration(120, new Sampling(0.8, 40, 1, 1), Execution.CPU)
            .run(pretraining.checkpoint(), List.of("  public static "))
            .texts()
            .get(0);
    QuickstartReport report =
        new QuickstartReport(
            ingest,
            pretraining,
            pretrained,
            scratch,
            "  public static " + sample,
            output.resolve("report.html"),
            (System.nanoTime() - begin) * 1e-9);
    report.writePage(output.resolve("pretrain/metrics.jsonl"));
    return Optional.of(report);
  }

  private void checkUnused() {
    try {
      Files.createDirectories(output);
      try (Stream<Path> children = Files.list(output)) {
        if (children.findAny().isPresent()) {
          throw new UserException(
              "Cannot write to " + output + ": the folder is not empty; give another --output");
        }
      }
    } catch (IOException e) {
      throw new UserException("Cannot write to " + output + ": " + e, e);
    }
  }

  private IngestReport ingest(SourceArchives archives, IngestProgress phases) {
    IngestConfig config =
        IngestConfig.of(archives.paths(), output.resolve("corpus").toString())
            .withTokenizer(new TokenizerOptions("bpe", VOCABULARY));
    try (SparkApplication spark = SparkApplication.start("headwater quickstart", "", 1, 1)) {
      return Ingest.run(spark.session(), config, phases);
    }
  }

  private Map<String, String> runOptions() {
    return Map.of(
        "model.preset", "gpt-nano",
        "corpus", output.resolve("corpus").toString(),
        "output", output.resolve("pretrain").toString(),
        "training.steps", Integer.toString(steps),
        "training.batch-size", Integer.toString(BATCH),
        "training.workers", "2",
        "parameter-server.shards", "2");
  }

  private double accuracy(String checkpoint, Method method, long seed, FineTuneProgress epochs) {
    FineTuneSettings settings =
        FineTuneSettings.defaults(method)
            .withEpochs(EPOCHS)
            .withBatchSize(FINE_TUNE_BATCH)
            .withLearningRate(FINE_TUNE_RATE)
            .withSeed(seed)
            .withExecution(new Execution("cpu", 2));
    FineTuneConfig config =
        new FineTuneConfig(
            new Classification(),
            checkpoint,
            output.resolve("train.jsonl").toString(),
            output.resolve("eval.jsonl").toString(),
            Columns.DEFAULT,
            method,
            settings,
            output.resolve("task-" + method + "-" + seed).toString());
    return FineTuneTask.run(config, epochs).scores().main();
  }
}
