package io.headwater.driver.cli;

import io.headwater.checkpoint.UserException;
import io.headwater.finetune.FineTuneSettings;
import io.headwater.finetune.words.WordClassifierSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a task model is trained: on which examples, how, and watched when. */
final class FineTuneOptions {
  @Mixin private DescentOptions descent;

  @Option(names = "--train-per-class", description = "Examples per label; 0 is all.")
  private Integer trainPerClass;

  @Option(names = "--train-share", description = "Part of the training examples; default 1.")
  private Double trainShare;

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

  /** These options, and the method's own settings where none is given. */
  FineTuneSettings settings(FineTuneSettings defaults) {
    FineTuneSettings settings = descent.settings(defaults);
    FineTuneSettings.Selection selection = settings.selection();
    return settings
        .withSelection(
            new FineTuneSettings.Selection(
                selection.maxLength(),
                trainPerClass == null ? selection.trainPerClass() : trainPerClass,
                trainShare == null ? selection.trainShare() : trainShare,
                selection.classWeights(),
                selection.bucketed()))
        .withWatch(
            new FineTuneSettings.Watch(
                scoreEpochs, patience == null ? settings.watch().patience() : patience))
        .withSeed(seed == null ? settings.seed() : seed);
  }

  /** Those that training from word vectors has too. */
  WordClassifierSettings settings(WordClassifierSettings defaults) {
    WordClassifierSettings settings = descent.settings(defaults);
    return settings.trainedFor(
        settings.epochs(),
        settings.learningRate(),
        trainPerClass == null ? settings.trainPerClass() : trainPerClass,
        seed == null ? settings.seed() : seed);
  }

  /**
   * @throws UserException if one is given that training from word vectors does not have
   */
  void refuseForWordVectors(String checkpoint) {
    if (descent.givenForNetworks() || scoreEpochs || trainShare != null || patience != null) {
      throw new UserException(
          "Cannot use other settings than --epochs, --learning-rate, --train-per-class and --seed"
              + " with "
              + checkpoint
              + ": a classifier from word vectors does not have them");
    }
  }
}
