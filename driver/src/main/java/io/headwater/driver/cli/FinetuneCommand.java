package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.Progress;
import io.headwater.driver.WordVectorSource;
import io.headwater.finetune.Columns;
import io.headwater.finetune.FineTuneConfig;
import io.headwater.finetune.FineTuneReport;
import io.headwater.finetune.FineTuneSettings;
import io.headwater.finetune.FineTuneTask;
import io.headwater.finetune.Method;
import io.headwater.finetune.words.WordClassification;
import io.headwater.finetune.words.WordClassifierConfig;
import io.headwater.finetune.words.WordClassifierReport;
import io.headwater.finetune.words.WordClassifierSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "finetune",
    description = "Make a task model of a checkpoint and labelled data.",
    footer = {
      "",
      "Examples:",
      "  headwater finetune --checkpoint run/step-00002000 --task classification --train train.tsv"
          + " --eval dev.tsv --output task",
      "  headwater finetune --checkpoint run/step-00002000 --train train.tsv --eval dev.tsv --output"
          + " task --method lora --lora-rank 8",
      "  headwater finetune --checkpoint vectors/step-00000005 --train train.tsv --eval dev.tsv"
          + " --output task --ignore-case"
    })
final class FinetuneCommand implements Callable<Integer> {
  @Option(
      names = "--checkpoint",
      required = true,
      description = "Pretrained checkpoint folder; of word vectors also a .txt, .vec or .bin file.")
  private String checkpoint;

  @Option(names = "--task", defaultValue = "classification", description = "classification.")
  private String task;

  @Option(names = "--train", required = true, description = "Labelled file: CSV, TSV or JSONL.")
  private String train;

  @Option(names = "--eval", required = true, description = "Labelled file to score on.")
  private String evaluation;

  @Option(names = "--output", required = true, description = "Folder of the task model.")
  private String directory;

  @Option(
      names = "--method",
      defaultValue = "full",
      description = "full, lora, probe or scratch; default ${DEFAULT-VALUE}.")
  private String method;

  @Option(names = "--text-column", defaultValue = "text", description = "Default ${DEFAULT-VALUE}.")
  private String textColumn;

  @Option(
      names = "--pair-column",
      description = "Second text, for tasks about pairs; none if not given.")
  private String pairColumn;

  @Option(
      names = "--label-column",
      defaultValue = "label",
      description = "Default ${DEFAULT-VALUE}.")
  private String labelColumn;

  @Option(names = "--epochs", description = "Passes over the training data.")
  private Integer epochs;

  @Option(names = "--batch-size", description = "Examples of a step.")
  private Integer batchSize;

  @Option(names = "--learning-rate", description = "Peak of the schedule.")
  private Float learningRate;

  @Option(names = "--weight-decay", description = "Decoupled, on matrices only.")
  private Float weightDecay;

  @Option(names = "--max-length", description = "Tokens read of a text; 0 is the context length.")
  private Integer maxLength;

  @Option(names = "--train-per-class", description = "Examples per label; 0 is all.")
  private Integer trainPerClass;

  @Option(names = "--seed", description = "Of draw, order and new weights.")
  private Long seed;

  @Option(names = "--threads", description = "Math threads.")
  private Integer threads;

  @Option(names = "--device", description = "cpu or cuda:N.")
  private String device;

  @Mixin private LoraOptions lora;
  @Mixin private WordClassifierOptions words;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    TaskOptions.check(task);
    Method chosen = Method.named(method);
    if (WordVectorSource.isWordVectors(checkpoint)) {
      classifyWords(chosen);
      return ExitCode.DONE;
    }
    words.refuseFor(checkpoint);
    FineTuneConfig config =
        new FineTuneConfig(
            checkpoint,
            train,
            evaluation,
            new Columns(textColumn, Optional.ofNullable(pairColumn), labelColumn),
            chosen,
            settings(FineTuneSettings.defaults(chosen)),
            lora.settings(chosen),
            directory);
    try (Progress progress = output.progress()) {
      FineTuneReport report = FineTuneTask.run(config, new FinetuneDisplay(progress));
      progress.close();
      print(report);
    }
    return ExitCode.DONE;
  }

  private void classifyWords(Method chosen) {
    if (Stream.of(batchSize, weightDecay, maxLength, threads, device).anyMatch(Objects::nonNull)) {
      throw new UserException(
          "Cannot use --batch-size, --weight-decay, --max-length, --threads or --device with "
              + checkpoint
              + ": a classifier from word vectors does not have them");
    }
    lora.settings(chosen);
    WordClassifierSettings defaults = WordClassifierSettings.defaults(chosen);
    WordClassifierConfig config =
        new WordClassifierConfig(
            train,
            evaluation,
            new Columns(textColumn, Optional.ofNullable(pairColumn), labelColumn),
            chosen,
            words.reading(WordVectorSource.reading(checkpoint)),
            words.settings(
                defaults.trainedFor(
                    or(epochs, defaults.epochs()),
                    learningRate == null ? defaults.learningRate() : learningRate.doubleValue(),
                    or(trainPerClass, defaults.trainPerClass()),
                    or(seed, defaults.seed()))),
            directory);
    try (Progress progress = output.progress()) {
      progress.begin("fine-tuning", config.settings().epochs(), 0);
      WordClassifierReport report =
          WordClassification.run(
              config,
              WordVectorSource.readClassifierInput(checkpoint),
              (epoch, all, loss) ->
                  progress.update(epoch, String.format(Locale.ROOT, "loss %.4f", loss)));
      progress.close();
      print(report);
    }
  }

  private void print(WordClassifierReport report) {
    ObjectNode object = TaskOptions.json(report.scores());
    object.put("status", "succeeded");
    object.put("method", report.method().toString());
    object.put("words", report.words());
    object.put("parameters", report.parameters());
    object.put("trained_parameters", report.trainedParameters());
    object.put("train_examples", report.trainExamples());
    object.put("loss", report.epochLosses().get(report.epochLosses().size() - 1));
    object.put("seconds", report.seconds());
    object.put("output", report.directory());
    List<String> lines = new ArrayList<>(TaskOptions.lines(report.scores()));
    lines.add(String.format(Locale.ROOT, "%.1f s; classifier in %s", report.seconds(), directory));
    output.print(object, lines);
  }

  private FineTuneSettings settings(FineTuneSettings defaults) {
    return new FineTuneSettings(
        or(epochs, defaults.epochs()),
        or(batchSize, defaults.batchSize()),
        or(learningRate, defaults.learningRate()),
        or(weightDecay, defaults.weightDecay()),
        or(maxLength, defaults.maxLength()),
        or(trainPerClass, defaults.trainPerClass()),
        or(seed, defaults.seed()),
        or(threads, defaults.threads()),
        or(device, defaults.device()));
  }

  private static <T> T or(T given, T otherwise) {
    return given == null ? otherwise : given;
  }

  private void print(FineTuneReport report) {
    ObjectNode object = TaskOptions.json(report.scores());
    object.put("status", "succeeded");
    object.put("method", report.method().toString());
    object.put("steps", report.steps());
    object.put("parameters", report.parameters());
    object.put("trained_parameters", report.trainedParameters());
    object.put("train_examples", report.trainExamples());
    object.put("truncated", report.truncated());
    object.put("seconds", report.seconds());
    object.put("output", report.directory());
    List<String> lines = new ArrayList<>(TaskOptions.lines(report.scores()));
    lines.add(String.format(Locale.ROOT, "%.1f s; task model in %s", report.seconds(), directory));
    output.print(object, lines);
  }
}
