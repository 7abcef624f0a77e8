package io.headwater.driver.cli;

import io.headwater.checkpoint.UserException;
import io.headwater.finetune.ClassWeights;
import io.headwater.finetune.FineTuneSettings;
import io.headwater.finetune.words.WordClassifierSettings;
import io.headwater.model.Execution;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** How a task model is trained. */
final class FineTuneOptions {
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

  @Option(names = "--train-per-class", description = "Examples per label; 0 is all.")
  private Integer trainPerClass;

  @Option(names = "--train-share", description = "Part of the training examples; default 1.")
  private Double trainShare;

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

  @Option(
      names = "--patience",
      description =
          "Stop after as many epochs without a better score on the evaluation file, and keep the"
              + " best weights; default 0, off.")
  private Integer patience;

  @Option(names = "--score-epochs", description = "Score each epoch on the evaluation file.")
  private boolean scoreEpochs;

  @Option(names = "--seed", description = "Of draw, order and new weights.")
  private Long seed;

  @Option(names = "--threads", description = "Math threads.")
  private Integer threads;

  @Option(names = "--device", description = "cpu or cuda:N.")
  private String device;

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
            or(trainPerClass, selection.trainPerClass()),
            or(trainShare, selection.trainShare()),
            classWeights == null ? selection.classWeights() : ClassWeights.parse(classWeights),
            bucketing),
        new FineTuneSettings.Watch(scoreEpochs, or(patience, defaults.watch().patience())),
        or(seed, defaults.seed()),
        new Execution(
            or(device, defaults.execution().device()),
            or(threads, defaults.execution().threads())));
  }

  /** Those that training from word vectors has too. */
  WordClassifierSettings settings(WordClassifierSettings defaults) {
    return defaults.trainedFor(
        or(epochs, defaults.epochs()),
        learningRate == null ? defaults.learningRate() : learningRate.doubleValue(),
        or(trainPerClass, defaults.trainPerClass()),
        or(seed, defaults.seed()));
  }

  /**
   * @throws UserException if one is given that training from word vectors does not have
   */
  void refuseForWordVectors(String checkpoint) {
    boolean any =
        scoreEpochs
            || !bucketing
            || Stream.of(
                    batchSize,
                    weightDecay,
                    gradientClip,
                    layerDecay,
                    maxLength,
                    trainShare,
                    classWeights,
                    patience,
                    threads,
                    device)
                .anyMatch(Objects::nonNull);
    if (any) {
      throw new UserException(
          "Cannot use other settings than --epochs, --learning-rate, --train-per-class and --seed"
              + " with "
              + checkpoint
              + ": a classifier from word vectors does not have them");
    }
  }

  private static <T> T or(T given, T otherwise) {
    return given == null ? otherwise : given;
  }
}
