package io.headwater.driver.transfer;

import static io.headwater.finetune.FineTuneProgress.NONE;

import io.headwater.checkpoint.UserException;
import io.headwater.driver.run.Progress;
import io.headwater.finetune.FineTuneConfig;
import io.headwater.finetune.FineTuneReport;
import io.headwater.finetune.FineTuneSettings;
import io.headwater.finetune.FineTuneSettings.Watch;
import io.headwater.finetune.FineTuneTask;
import io.headwater.finetune.Method;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Makes the runs of a comparison, one after the other, in this process. */
public final class TransferRun {
  private final TransferConfig config;
  private final Progress progress;
  private int done;

  private TransferRun(TransferConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /**
   * Fine-tunes, compares, and writes {@code transfer-report.json} and {@code .html} to the output.
   *
   * @throws UserException if an input is wrong; nothing is left then
   */
  public static TransferReport run(TransferConfig config, Progress progress) {
    return new TransferRun(config, progress).run();
  }

  private TransferReport run() {
    requireUnused(config.output());
    progress.begin("transfer-report", 2L * config.shares().size() * config.seeds(), 0);
    List<Comparison> comparisons = new ArrayList<>();
    for (double share : config.shares()) {
      List<Outcome> pretrained = new ArrayList<>();
      List<Outcome> scratch = new ArrayList<>();
      for (long seed = 1; seed <= config.seeds(); seed++) {
        pretrained.add(fineTune(Method.FULL, share, seed));
        scratch.add(fineTune(Method.SCRATCH, share, seed));
      }
      comparisons.add(new Comparison(share, pretrained, scratch));
    }
    TransferReport report = new TransferReport(config, comparisons);
    report.write();
    return report;
  }

  private Outcome fineTune(Method method, double share, long seed) {
    Path model = config.output().resolve("model");
    try {
      FineTuneReport report = FineTuneTask.run(fineTuning(method, share, seed, model), NONE);
      Outcome outcome = Outcome.of(seed, report);
      progress.update(
          ++done,
          String.format(
              Locale.ROOT,
              "%s, %s of the labels: %s %.4f",
              method == Method.FULL ? "pretrained" : "scratch",
              TransferReport.percent(share),
              outcome.measure(),
              outcome.score()));
      return outcome;
    } finally {
      delete(model);
    }
  }

  private FineTuneConfig fineTuning(Method method, double share, long seed, Path model) {
    FineTuneSettings settings =
        config
            .settings()
            .withEpochs(config.epochs(share))
            .withSeed(seed)
            .withSelection(config.settings().selection().withTrainShare(share))
            .withWatch(new Watch(true, 0));
    if (method == Method.SCRATCH) {
      settings = settings.withLearningRate(config.scratchRate());
    }
    return new FineTuneConfig(
        config.task(),
        config.checkpoint(),
        config.train(),
        config.evaluation(),
        config.columns(),
        method,
        settings,
        model.toString());
  }

  private static void requireUnused(Path output) {
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

  /** The task models are not what is asked for, and there are many. */
  private static void delete(Path model) {
    if (!Files.exists(model)) {
      return;
    }
    try (Stream<Path> files = Files.walk(model)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + model, e);
    }
  }
}
