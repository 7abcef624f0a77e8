package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.run.Progress;
import io.headwater.driver.text.LanguageModelEvaluation;
import io.headwater.driver.words.WordVectorSource;
import io.headwater.finetune.Scores;
import io.headwater.finetune.Task;
import io.headwater.finetune.TaskEvaluation;
import io.headwater.finetune.words.WordClassification;
import io.headwater.model.Measure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "evaluate",
    description = "Score a language model on a corpus, or a task model on labelled data.",
    footer = {
      "",
      "Examples:",
      "  headwater evaluate --checkpoint run/step-00002000 --corpus corpus",
      "  headwater evaluate --checkpoint task --task classification --data test.tsv",
      "  headwater evaluate --checkpoint vectors.bin --task analogy --data questions-words.txt"
    })
final class EvaluateCommand implements Callable<Integer> {
  @Option(
      names = "--checkpoint",
      required = true,
      description = "Checkpoint folder; of word vectors also a .txt, .vec or .bin file.")
  private String checkpoint;

  @Option(names = "--corpus", description = "Corpus folder; its validation split is read.")
  private String corpus;

  @Option(
      names = "--task",
      description = "A task of finetune; or of word vectors: analogy, similarity.")
  private String task;

  @Option(names = "--data", description = "Labelled file of the task; or word questions.")
  private String data;

  @Option(names = "--ignore-case", description = "Put word questions in lower case.")
  private boolean ignoreCase;

  @Mixin private ExecutionOptions execution;
  @Mixin private TaskOptions tasks;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    if ((corpus == null) == (task == null)) {
      throw new UserException("Cannot evaluate: give either --corpus, or --task and --data");
    }
    if (corpus != null) {
      evaluateLanguageModel();
    } else if (WordVectorTasks.has(task)) {
      evaluateWordVectors();
    } else {
      evaluateTask();
    }
    return ExitCode.DONE;
  }

  private void evaluateLanguageModel() {
    try (Progress progress = output.progress()) {
      LanguageModelEvaluation result =
          LanguageModelEvaluation.run(checkpoint, corpus, execution.execution(), progress);
      progress.close();
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      object.put("loss", result.loss());
      object.put("perplexity", result.perplexity());
      object.put("tokens", result.tokens());
      List<String> lines = new ArrayList<>();
      lines.add(
          String.format(
              Locale.ROOT,
              "loss %.4f nats per token, perplexity %.2f, over %,d tokens",
              result.loss(),
              result.perplexity(),
              result.tokens()));
      for (Measure measure : result.others()) {
        object.put(measure.name(), measure.mean());
        lines.add(
            String.format(
                Locale.ROOT,
                "%s %.4f over %,d predictions",
                measure.name().replace('_', ' '),
                measure.mean(),
                measure.count()));
      }
      object.put("seconds", result.seconds());
      output.print(object, lines);
    }
  }

  private void evaluateWordVectors() {
    if (data == null) {
      throw new UserException("Cannot evaluate task " + task + ": --data is not given");
    }
    WordVectorTasks.evaluate(checkpoint, task, Path.of(data), ignoreCase, output);
  }

  private void evaluateTask() {
    Task<?, ?> chosen = tasks.task(task);
    if (data == null) {
      throw new UserException("Cannot evaluate task " + task + ": --data is not given");
    }
    Scores scores =
        WordVectorSource.isClassifier(checkpoint)
            ? WordClassification.score(
                WordVectorSource.readClassifier(checkpoint),
                WordVectorSource.reading(checkpoint),
                data,
                tasks.columns())
            : TaskEvaluation.run(chosen, checkpoint, data, tasks.columns(), execution.execution());
    output.print(TaskScores.json(scores), TaskScores.lines(scores));
  }
}
