package io.headwater.finetune;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.LocalOptimizer;
import io.headwater.ps.optimizer.OptimizerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Trains weights of a network with AdamW, in this process. */
final class NetworkTraining {
  private final TrainedWeights weights;
  private final TaskData train;
  private final TaskData evaluation;
  private final FineTuneSettings settings;
  private final FineTuneProgress progress;
  private final LocalOptimizer optimizer;
  private final LayerRates rates;
  private final BatchOrder order;
  private final LearningRateSchedule schedule;
  private final long steps;
  private long step;
  private long trainingNs;

  private NetworkTraining(
      TrainedWeights weights,
      TaskData train,
      TaskData evaluation,
      FineTuneSettings settings,
      FineTuneProgress progress) {
    this.weights = weights;
    this.train = train;
    this.evaluation = evaluation;
    this.settings = settings;
    this.progress = progress;
    FineTuneSettings.Descent descent = settings.descent();
    this.optimizer =
        new LocalOptimizer(
            new OptimizerConfig(
                OptimizerConfig.Kind.ADAMW,
                0.9f,
                0.999f,
                1e-8f,
                descent.weightDecay(),
                descent.gradientClip()),
            weights.layout());
    this.rates = new LayerRates(weights.layout(), descent.layerDecay());
    this.order =
        new BatchOrder(
            IntStream.range(0, train.size()).map(train::length).toArray(),
            settings.batchSize(),
            settings.seed(),
            settings.selection().bucketed());
    this.steps = order.batchesPerEpoch() * settings.epochs();
    this.schedule = new LearningRateSchedule(descent.learningRate(), 0, steps / 10, steps);
  }

  /**
   * Trains, and leaves the weights of the last epoch, or of the best one where it may stop early.
   *
   * @param evaluation scored between epochs, if the settings say so
   */
  static Trained train(
      TrainedWeights weights,
      TaskData train,
      TaskData evaluation,
      FineTuneSettings settings,
      FineTuneProgress progress) {
    return new NetworkTraining(weights, train, evaluation, settings, progress).run();
  }

  private Trained run() {
    List<Trained.Epoch> epochs = new ArrayList<>();
    int best = 0;
    int patience = settings.watch().patience();
    try (BestWeights kept = new BestWeights(weights, patience > 0)) {
      while (epochs.size() < settings.epochs()) {
        epochs.add(epoch(epochs.size()));
        if (patience == 0 || best == 0 || main(epochs, epochs.size()) > main(epochs, best)) {
          best = epochs.size();
          kept.keep();
        }
        progress.epoch(epochs.size(), settings.epochs(), epochs.get(epochs.size() - 1));
        if (patience > 0 && epochs.size() - best >= patience) {
          break;
        }
      }
      if (best < epochs.size()) {
        kept.restore();
      }
    }
    return new Trained(epochs, best, step, weights.layout().elements());
  }

  private static double main(List<Trained.Epoch> epochs, int number) {
    return epochs.get(number - 1).scores().orElseThrow().main();
  }

  private Trained.Epoch epoch(int epoch) {
    long start = System.nanoTime();
    double sum = 0;
    for (int[] batch : order.epoch(epoch)) {
      double loss = step(batch);
      sum += loss;
      step++;
      progress.step(step, steps, loss);
    }
    trainingNs += System.nanoTime() - start;
    return new Trained.Epoch(
        sum / order.batchesPerEpoch(),
        step,
        trainingNs / 1e9,
        settings.watch().scoresEpochs() ? Optional.of(evaluation.score()) : Optional.empty());
  }

  private double step(int[] batch) {
    double loss =
        weights.gradient(train.batch(batch, settings.seed() * 0x9E3779B97F4A7C15L + step));
    rates.keep(weights.parameters());
    try {
      optimizer.step(weights.parameters(), weights.gradients(), schedule.at(step));
    } catch (ArithmeticException e) {
      throw new FineTuneException(
          "Cannot go on fine-tuning at step "
              + (step + 1)
              + ": the loss is "
              + loss
              + " and the gradient is not finite (a learning rate below "
              + settings.descent().learningRate()
              + " may help)",
          e);
    }
    rates.slow(weights.parameters());
    weights.apply();
    return loss;
  }

  /** A copy of the weights of the best epoch. */
  private static final class BestWeights implements AutoCloseable {
    private final TrainedWeights weights;
    private final Optional<FlatVector> copy;

    BestWeights(TrainedWeights weights, boolean needed) {
      this.weights = weights;
      this.copy =
          needed ? Optional.of(FlatVector.allocate(weights.layout().elements())) : Optional.empty();
    }

    void keep() {
      copy.ifPresent(each -> each.copyFrom(weights.parameters()));
    }

    void restore() {
      copy.ifPresent(weights.parameters()::copyFrom);
      weights.apply();
    }

    @Override
    public void close() {
      copy.ifPresent(FlatVector::close);
    }
  }
}
