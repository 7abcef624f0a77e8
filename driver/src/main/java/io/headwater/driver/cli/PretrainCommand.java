package io.headwater.driver.cli;

import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.config.EmbeddingConfigReader;
import io.headwater.driver.config.RunConfig;
import io.headwater.driver.config.RunConfigReader;
import io.headwater.driver.pretrain.PretrainingReport;
import io.headwater.driver.pretrain.PretrainingRun;
import io.headwater.driver.run.Progress;
import io.headwater.driver.run.StopSignal;
import io.headwater.driver.words.EmbeddingReport;
import io.headwater.driver.words.EmbeddingRun;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "pretrain",
    description = "Pretrain a model on a corpus.",
    footer = {
      "",
      "Keys of --config and --set: docs/config-properties.md.",
      "",
      "Example:",
      "  headwater pretrain --model gpt-nano --corpus corpus --output run --steps 2000 --workers 2",
      "  headwater pretrain --from bert --corpus corpus --output run --steps 1000",
      "  headwater pretrain --model word2vec --corpus text.txt --output vectors --threads 2",
      "  headwater pretrain --model word2vec --corpus text.txt --output vectors --workers 4 \\",
      "    --parameter-servers 2"
    })
final class PretrainCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      description = "Preset, such as gpt-nano, bert-tiny, t5-tiny, word2vec, fasttext.")
  private String model;

  @Option(
      names = "--from",
      description =
          "Checkpoint whose sizes and weights to begin with, instead of a preset's; of word vectors"
              + " also a .txt, .vec or .bin file, beside --model.")
  private String from;

  @Option(names = "--corpus", description = "Corpus folder; for word vectors text.")
  private String corpus;

  @Option(names = "--output", description = "Folder for checkpoints and the run's record.")
  private String directory;

  @Option(names = "--steps", description = "Optimizer steps of the whole run.")
  private String steps;

  @Option(names = "--workers", description = "Workers, each one Spark task.")
  private String workers;

  @Option(names = "--parameter-servers", description = "Parameter shards.")
  private String shards;

  @Option(
      names = "--precision",
      description = "Of what matrix products read: fp32, bf16 or bf16-anywhere.")
  private String precision;

  @Option(names = "--seed", description = "Of initial weights and sample order.")
  private String seed;

  @Option(names = "--metrics-port", description = "Serve Prometheus metrics on this port.")
  private String metricsPort;

  @Option(names = "--master", description = "Spark master URL.")
  private String master;

  @Option(names = "--resume", description = "Go on from the newest checkpoint under --output.")
  private boolean resume;

  @Mixin private EmbeddingOptions embedding;
  @Mixin private ConfigOptions config;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    Map<String, String> options = options();
    boolean words = EmbeddingConfigReader.isAsked(config.file(), config.assignments(), options);
    if (seed != null) {
      options.put(words ? "embedding.seed" : "training.seed", seed);
    }
    return words ? trainWordVectors(options) : trainModel(options);
  }

  private int trainModel(Map<String, String> options) {
    RunConfig run = RunConfigReader.read(config.file(), config.assignments(), options);
    StopSignal stop = new StopSignal();
    stop.listenToSignals();
    try (Progress progress = output.progress()) {
      stop.onRequest(() -> progress.say("Stopping after this step; again to stop at once."));
      PretrainingReport report = PretrainingRun.run(run, resume, stop, progress);
      progress.close();
      output.print(report.toJson(), lines(report));
      return report.isComplete() ? ExitCode.DONE : ExitCode.INTERRUPTED;
    }
  }

  private int trainWordVectors(Map<String, String> options) {
    EmbeddingConfig run = EmbeddingConfigReader.read(config.file(), config.assignments(), options);
    StopSignal stop = new StopSignal();
    stop.listenToSignals();
    try (Progress progress = output.progress()) {
      stop.onRequest(() -> progress.say("Stopping, with a checkpoint; again to stop at once."));
      EmbeddingReport report = EmbeddingRun.run(run, resume, stop, progress);
      progress.close();
      output.print(report.toJson(), report.lines());
      return report.isComplete() ? ExitCode.DONE : ExitCode.INTERRUPTED;
    }
  }

  private Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>(embedding.settings());
    options.put("model.preset", model);
    options.put("model.from", from);
    options.put("corpus", corpus);
    options.put("output", directory);
    options.put("training.steps", steps);
    options.put("training.workers", workers);
    options.put("training.precision", precision);
    options.put("parameter-server.shards", shards);
    options.put("metrics.port", metricsPort);
    options.put("spark.master", master);
    options.values().removeIf(value -> value == null);
    return options;
  }

  private static List<String> lines(PretrainingReport report) {
    return List.of(
        String.format(
            Locale.ROOT,
            "%s at step %,d: loss %.4f -> %.4f, %,.0f tokens/s, %.1f s",
            report.isComplete() ? "Done" : "Stopped; --resume goes on,",
            report.steps(),
            report.firstLoss(),
            report.finalLoss(),
            report.tokensPerSecond(),
            report.seconds()),
        "Checkpoint: " + report.checkpoint());
  }
}
