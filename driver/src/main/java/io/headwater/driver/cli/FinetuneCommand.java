package io.headwater.driver.cli;

import io.headwater.checkpoint.UserException;
import io.headwater.driver.finetune.FineTuneRun;
import io.headwater.driver.run.Progress;
import io.headwater.driver.words.WordVectorSource;
import io.headwater.finetune.FineTuneConfig;
import io.headwater.finetune.FineTuneReport;
import io.headwater.finetune.FineTuneSettings;
import io.headwater.finetune.Method;
import io.headwater.finetune.SeededRuns;
import io.headwater.finetune.words.WordClassifierConfig;
import io.headwater.finetune.words.WordClassifierReport;
import io.headwater.finetune.words.WordClassifierSettings;
import java.util.concurrent.Callable;
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
          + " --output task --ignore-case",
      "  headwater finetune --checkpoint run/step-00002000 --task token-classification"
          + " --train train.conll --eval dev.conll --output task --seeds 3"
    })
final class FinetuneCommand implements Callable<Integer> {
  @Option(
      names = "--checkpoint",
      required = true,
      description = "Pretrained checkpoint folder; of word vectors also a .txt, .vec or .bin file.")
  private String checkpoint;

  @Option(
      names = "--task",
      defaultValue = "classification",
      description =
          "classification (default), regression, token-classification, question-answering,"
              + " embedding, translation, summarization, text-to-text or instruction.")
  private String task;

  @Option(
      names = "--train",
      required = true,
      description = "Labelled file: CSV, TSV, JSONL; CoNLL; SQuAD's JSON; by the task.")
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

  @Option(
      names = "--seeds",
      description = "Run by so many seeds; mean and deviation of the scores are shown.")
  private Integer seeds;

  @Mixin private FineTuneOptions options;
  @Mixin private TaskOptions tasks;
  @Mixin private LoraOptions lora;
  @Mixin private WordClassifierOptions words;
  @Mixin private FinetuneRunOptions run;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    Method chosen = Method.named(method);
    if (WordVectorSource.isWordVectors(checkpoint)) {
      classifyWords(chosen);
      return ExitCode.DONE;
    }
    words.refuseFor(checkpoint);
    FineTuneConfig config =
        new FineTuneConfig(
            tasks.task(task),
            checkpoint,
            train,
            evaluation,
            tasks.columns(),
            chosen,
            options.settings(FineTuneSettings.defaults(chosen)),
            lora.settings(chosen),
            directory);
    try (Progress progress = output.progress()) {
      run(config, progress);
    }
    return ExitCode.DONE;
  }

  private void classifyWords(Method chosen) {
    if (!task.equals("classification") || seeds != null) {
      throw new UserException(
          "Cannot fine-tune "
              + checkpoint
              + " on "
              + task
              + (seeds == null ? "" : " by several seeds")
              + ": word vectors are for task classification, one seed at a time");
    }
    options.refuseForWordVectors(checkpoint);
    lora.settings(chosen);
    WordClassifierConfig config =
        new WordClassifierConfig(
            train,
            evaluation,
            tasks.columns(),
            chosen,
            words.reading(WordVectorSource.reading(checkpoint)),
            words.settings(options.settings(WordClassifierSettings.defaults(chosen))),
            directory);
    try (Progress progress = output.progress()) {
      WordClassifierReport report =
          FineTuneRun.classifyWords(
              run.section(directory),
              run.metrics(),
              config,
              WordVectorSource.readClassifierInput(checkpoint),
              new FinetuneDisplay(progress));
      progress.close();
      output.print(FineTuneReports.json(report), FineTuneReports.lines(report));
    }
  }

  private void run(FineTuneConfig config, Progress progress) {
    FinetuneDisplay display = new FinetuneDisplay(progress);
    if (seeds == null) {
      FineTuneReport report =
          FineTuneRun.run(run.section(directory), run.metrics(), config, display);
      progress.close();
      output.print(FineTuneReports.json(report), FineTuneReports.lines(report));
    } else {
      SeededRuns runs =
          FineTuneRun.runSeeds(run.section(directory), run.metrics(), config, seeds, display);
      progress.close();
      output.print(FineTuneReports.json(runs), FineTuneReports.lines(runs));
    }
  }
}
