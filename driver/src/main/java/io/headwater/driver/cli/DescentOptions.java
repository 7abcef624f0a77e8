package io.headwater.driver.cli;

import io.headwater.finetune.ClassWeights;
import io.headwater.finetune.FineTuneSettings;
import io.headwater.finetune.words.WordClassifierSettings;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How weights are trained on labelled examples, whichever are drawn. */
final class DescentOptions {
  @Option(names = "--epochs", description = "Passes over the training data.")
  private Integer epochs;

  @Option(names = "--batch-size", description = "Examples of a step.")
  private Integer batchSize;

  @Option(names = "--learning-rate", description = "Peak of the schedule.")
  private Float learningRate;

  @Option(names = "--weight-decay", description = "Decoupled, on matrices only.")
  private Float weightDecay;

  @Option(names = "--gradient-clip", description = "Largest gradient norm; 0 is off; default 1.")
  private Float gradientClip;

  @Option(
      names = "--layer-decay",
      description = "Factor of the learning rate from a block to the one below; default 1, off.")
  private Float layerDecay;

  @Option(names = "--max-length", description = "Tokens read of a text; 0 is the context length.")
  private Integer maxLength;

  @Option(
      names = "--class-weights",
      description = "How much labels count in the loss: balanced, or label=weight,label=weight.")
  private String classWeights;

  @Option(
      names = "--bucketing",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Batches of texts of like length, which saves padding; on by default.")
  private boolean bucketing;

  @Mixin private ExecutionOptions execution;

  /** These options, and the method's own settings where none is given. */
  FineTuneSettings settings(FineTuneSettings defaults) {
    FineTuneSettings.Descent descent = defaults.descent();
    FineTuneSettings.Selection selection = defaults.selection();
    return new FineTuneSettings(
        or(epochs, defaults.epochs()),
        or(batchSize, defaults.batchSize()),
        new FineTuneSettings.Descent(
            or(learningRate, descent.learningRate()),
            or(weightDecay, descent.weightDecay()),
            or(gradientClip, descent.gradientClip()),
            or(layerDecay, descent.layerDecay())),
        new FineTuneSettings.Selection(
            or(maxLength, selection.maxLength()),
            selection.trainPerClass(),
            selection.trainShare(),
            classWeights == null ? selection.classWeights() : ClassWeights.parse(classWeights),
            bucketing),
        defaults.watch(),
        defaults.seed(),
        execution.execution());
  }

  /** Those that training from word vectors has too. */
  WordClassifierSettings settings(WordClassifierSettings defaults) {
    return defaults.trainedFor(
        or(epochs, defaults.epochs()),
        learningRate == null ? defaults.learningRate() : learningRate.doubleValue(),
        defaults.trainPerClass(),
        defaults.seed());
  }

  /** Whether one is given that training from word vectors does not have. */
  boolean givenForNetworks() {
    return !bucketing
        || execution.given()
        || Stream.of(batchSize, weightDecay, gradientClip, layerDecay, maxLength, classWeights)
            .anyMatch(Objects::nonNull);
  }

  private static <T> T or(T given, T otherwise) {
    return given == null ? otherwise : given;
  }
}
