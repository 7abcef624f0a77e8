package io.headwater.driver.cli;

import io.headwater.checkpoint.UserException;
import io.headwater.finetune.Columns;
import io.headwater.finetune.Task;
import io.headwater.finetune.answer.QuestionAnswering;
import io.headwater.finetune.classify.Classification;
import io.headwater.finetune.embed.Embedding;
import io.headwater.finetune.regress.Regression;
import io.headwater.finetune.tokens.TokenClassification;
import io.headwater.finetune.write.Writing;
import io.headwater.model.generation.BeamSearch;
import io.headwater.model.generation.Sampling;
import io.headwater.model.generation.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Option;

/** The tasks, and the options that say how their files are read. */
final class TaskOptions {
  @Option(
      names = {"--text-column", "--source-column"},
      defaultValue = "text",
      description = "Default ${DEFAULT-VALUE}.")
  private String textColumn;

  @Option(
      names = "--pair-column",
      description = "Second text, for tasks about pairs; none if not given.")
  private String pairColumn;

  @Option(
      names = {"--label-column", "--target-column"},
      defaultValue = "label",
      description = "Default ${DEFAULT-VALUE}.")
  private String labelColumn;

  @Option(
      names = "--stride",
      defaultValue = "128",
      description =
          "question-answering: tokens from a window over a text to the next; default"
              + " ${DEFAULT-VALUE}.")
  private int stride;

  @Option(
      names = "--longest-answer",
      defaultValue = "30",
      description = "question-answering: most tokens of an answer; default ${DEFAULT-VALUE}.")
  private int longestAnswer;

  @Option(
      names = "--temperature",
      defaultValue = "0.05",
      description =
          "embedding: by which cosines are divided in the loss; default ${DEFAULT-VALUE}.")
  private double temperature;

  @Option(
      names = "--least-label",
      description = "embedding: pairs of the training file with a lower label are left out.")
  private Double leastLabel;

  @Option(
      names = "--template",
      description = "Writing: what the model reads, with {text} where the text stands.")
  private String template;

  @Option(
      names = "--beams",
      defaultValue = "1",
      description = "Writing: beams by which texts are written to be scored; default one, greedy.")
  private int beams;

  @Option(
      names = "--length-penalty",
      defaultValue = "1",
      description = "Writing: of a search with beams; default ${DEFAULT-VALUE}.")
  private double lengthPenalty;

  @Option(
      names = "--label-smoothing",
      defaultValue = "0",
      description =
          "Writing: part of the loss's wanted distribution that is spread over all tokens; default"
              + " ${DEFAULT-VALUE}.")
  private double labelSmoothing;

  /** The task of a name. */
  Task<?, ?> task(String name) {
    List<Task<?, ?>> tasks =
        new ArrayList<>(
            List.of(
                new Classification(),
                new Regression(),
                new TokenClassification(),
                new QuestionAnswering(stride, longestAnswer),
                new Embedding(
                    temperature,
                    leastLabel == null ? OptionalDouble.empty() : OptionalDouble.of(leastLabel))));
    for (Writing.Kind kind : Writing.Kind.values()) {
      tasks.add(
          new Writing(
              kind, template == null ? kind.template() : template, strategy(), labelSmoothing));
    }
    return tasks.stream()
        .filter(task -> task.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "Cannot use task '"
                        + name
                        + "': it must be one of "
                        + String.join(", ", tasks.stream().map(Task::name).toList())));
  }

  private Strategy strategy() {
    return beams == 1 ? Sampling.greedy() : new BeamSearch(beams, lengthPenalty);
  }

  Columns columns() {
    return new Columns(textColumn, Optional.ofNullable(pairColumn), labelColumn);
  }
}
