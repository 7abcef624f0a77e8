package io.headwater.finetune;

import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.LocalOptimizer;
import io.headwater.ps.optimizer.OptimizerConfig;
import java.util.ArrayList;
import java.util.List;

/** Trains weights of a classifier with AdamW, in this process. */
final class NetworkTraining {
  private NetworkTraining() {}

  static Trained train(
      TrainedWeights weights,
      TokenizedTexts texts,
      FineTuneSettings settings,
      FineTuneProgress progress) {
    OptimizerConfig adamW =
        new OptimizerConfig(
            OptimizerConfig.Kind.ADAMW, 0.9f, 0.999f, 1e-8f, settings.weightDecay(), 1f);
    LocalOptimizer optimizer = new LocalOptimizer(adamW, weights.layout());
    BatchOrder order = new BatchOrder(texts.size(), settings.batchSize(), settings.seed());
    long steps = order.batchesPerEpoch() * settings.epochs();
    LearningRateSchedule schedule =
        new LearningRateSchedule(settings.learningRate(), 0, steps / 10, steps);
    List<Double> epochLosses = new ArrayList<>();
    long step = 0;
    for (int epoch = 0; epoch < settings.epochs(); epoch++) {
      double sum = 0;
      for (int[] batch : order.epoch(epoch)) {
        double loss =
            weights.gradient(texts.batch(batch, settings.seed() * 0x9E3779B97F4A7C15L + step));
        try {
          optimizer.step(weights.parameters(), weights.gradients(), schedule.at(step));
          weights.apply();
        } catch (ArithmeticException e) {
          throw new FineTuneException(
              "Cannot go on fine-tuning at step "
                  + (step + 1)
                  + ": the loss is "
                  + loss
                  + " and the gradient is not finite (a learning rate below "
                  + settings.learningRate()
                  + " may help)",
              e);
        }
        sum += loss;
        step++;
        progress.step(step, steps, loss);
      }
      epochLosses.add(sum / order.batchesPerEpoch());
      progress.epoch(epoch + 1, settings.epochs(), sum / order.batchesPerEpoch());
    }
    return new Trained(epochLosses, step, weights.layout().elements());
  }
}
