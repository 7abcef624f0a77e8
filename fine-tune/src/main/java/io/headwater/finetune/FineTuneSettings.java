package io.headwater.finetune;

import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import java.util.Objects;

/**
 * How a task model is trained.
 *
 * @param epochs passes over the training examples
 * @param batchSize examples of one optimizer step
 * @param descent the optimizer's settings
 * @param selection which examples are trained on, and how they are read
 * @param watch when the evaluation file is scored while training goes on
 * @param seed of the draw, the order and the new weights
 * @param execution where it computes
 */
public record FineTuneSettings(
    int epochs,
    int batchSize,
    Descent descent,
    Selection selection,
    Watch watch,
    long seed,
    Execution execution) {
  /**
   * AdamW.
   *
   * @param learningRate peak; a tenth of the steps warm up, a cosine decays to 0
   * @param weightDecay decoupled, on matrices only; for a probe the L2 penalty of its head
   * @param gradientClip largest norm of a gradient; 0 is off
   * @param layerDecay factor of the learning rate from a block to the one below it; 1 is off
   */
  public record Descent(
      float learningRate, float weightDecay, float gradientClip, float layerDecay) {
    public Descent {
      check("learning-rate", learningRate, learningRate > 0 && learningRate < 10, "in (0, 10)");
      check("weight-decay", weightDecay, weightDecay >= 0 && weightDecay < 10, "in [0, 10)");
      check("gradient-clip", gradientClip, gradientClip >= 0 && gradientClip < 1e6f, "in [0, 1e6)");
      check("layer-decay", layerDecay, layerDecay > 0 && layerDecay <= 1, "in (0, 1]");
    }

    public Descent(float learningRate, float weightDecay) {
      this(learningRate, weightDecay, 1, 1);
    }
  }

  /**
   * What is read of the labelled files.
   *
   * @param maxLength tokens of an example that are read; 0 is the model's context
   * @param trainPerClass examples per label to train on, drawn by the seed; 0 is all
   * @param trainShare part of the training examples to train on, drawn by the seed
   * @param classWeights how much each class counts in the loss
   * @param bucketed whether batches are of examples of like length, which saves padding
   */
  public record Selection(
      int maxLength,
      int trainPerClass,
      double trainShare,
      ClassWeights classWeights,
      boolean bucketed) {
    /** All of everything. */
    public static final Selection ALL = new Selection(0, 0, 1, ClassWeights.NONE, true);

    public Selection {
      check("max-length", maxLength, maxLength >= 0, ">= 0");
      check("train-per-class", trainPerClass, trainPerClass >= 0, ">= 0");
      check("train-share", trainShare, trainShare > 0 && trainShare <= 1, "in (0, 1]");
      if (trainPerClass > 0 && trainShare < 1) {
        throw new UserException(
            "Cannot draw both " + trainPerClass + " examples per class and a share of all");
      }
      Objects.requireNonNull(classWeights, "classWeights");
    }

    public Selection withMaxLength(int tokens) {
      return new Selection(tokens, trainPerClass, trainShare, classWeights, bucketed);
    }

    public Selection withTrainPerClass(int examples) {
      return new Selection(maxLength, examples, trainShare, classWeights, bucketed);
    }

    public Selection withTrainShare(double share) {
      return new Selection(maxLength, trainPerClass, share, classWeights, bucketed);
    }

    public Selection withClassWeights(ClassWeights weights) {
      return new Selection(maxLength, trainPerClass, trainShare, weights, bucketed);
    }
  }

  /**
   * Scoring between epochs.
   *
   * @param everyEpoch whether each epoch is scored
   * @param patience epochs without a better score after which training stops, its best weights
   *     kept; 0 is off
   */
  public record Watch(boolean everyEpoch, int patience) {
    /** Scores the end alone. */
    public static final Watch END = new Watch(false, 0);

    public Watch {
      check("patience", patience, patience >= 0, ">= 0");
    }

    /** Stops early. */
    public static Watch stopping(int patience) {
      return new Watch(true, patience);
    }

    boolean scoresEpochs() {
      return everyEpoch || patience > 0;
    }
  }

  public FineTuneSettings {
    check("epochs", epochs, epochs >= 1, ">= 1");
    check("batch-size", batchSize, batchSize >= 1, ">= 1");
    Objects.requireNonNull(descent, "descent");
    Objects.requireNonNull(selection, "selection");
    Objects.requireNonNull(watch, "watch");
    Objects.requireNonNull(execution, "execution");
  }

  /** Settings that suit a method on a few hundred to a few thousand examples. */
  public static FineTuneSettings defaults(Method method) {
    return switch (method) {
      case FULL -> of(5, 16, 5e-4f, 0.01f);
      case LORA -> of(5, 16, 2e-3f, 0.01f);
      case SCRATCH -> of(5, 16, 1e-3f, 0.01f);
      case PROBE -> of(100, 64, 1e-2f, 1e-4f);
    };
  }

  private static FineTuneSettings of(int epochs, int batchSize, float rate, float decay) {
    return new FineTuneSettings(
        epochs, batchSize, new Descent(rate, decay), Selection.ALL, Watch.END, 1, Execution.CPU);
  }

  public FineTuneSettings withEpochs(int value) {
    return new FineTuneSettings(value, batchSize, descent, selection, watch, seed, execution);
  }

  public FineTuneSettings withBatchSize(int value) {
    return new FineTuneSettings(epochs, value, descent, selection, watch, seed, execution);
  }

  public FineTuneSettings withDescent(Descent value) {
    return new FineTuneSettings(epochs, batchSize, value, selection, watch, seed, execution);
  }

  /** With the other settings of the optimizer as they are. */
  public FineTuneSettings withLearningRate(float value) {
    return withDescent(
        new Descent(value, descent.weightDecay, descent.gradientClip, descent.layerDecay));
  }

  public FineTuneSettings withSelection(Selection value) {
    return new FineTuneSettings(epochs, batchSize, descent, value, watch, seed, execution);
  }

  public FineTuneSettings withWatch(Watch value) {
    return new FineTuneSettings(epochs, batchSize, descent, selection, value, seed, execution);
  }

  public FineTuneSettings withSeed(long value) {
    return new FineTuneSettings(epochs, batchSize, descent, selection, watch, value, execution);
  }

  public FineTuneSettings withExecution(Execution value) {
    return new FineTuneSettings(epochs, batchSize, descent, selection, watch, seed, value);
  }

  private static void check(String name, Object value, boolean valid, String range) {
    if (!valid) {
      throw new UserException(
          "Cannot fine-tune with " + name + " " + value + " (must be " + range + ")");
    }
  }
}
