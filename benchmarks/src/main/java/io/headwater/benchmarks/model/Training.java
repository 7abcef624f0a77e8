package io.headwater.benchmarks.model;

import io.headwater.model.Batch;
import io.headwater.model.Execution;
import io.headwater.model.Measure;
import io.headwater.model.ModelFamily;
import io.headwater.model.Pretrainable;
import io.headwater.ps.optimizer.LocalOptimizer;
import io.headwater.ps.optimizer.OptimizerConfig;
import java.util.List;

/** Our training steps: gradient and update, on one process's weights. */
final class Training implements AutoCloseable {
  private static final float LEARNING_RATE = 1e-3f;

  /** Steps of warm-up: without one, a BERT with its norms behind does not train steadily. */
  private static final int WARM_UP = 100;

  private final Pretrainable model;
  private final LocalOptimizer optimizer;
  private final List<Batch> batches;

  /** Some steps, each with its time and the loss before its update. */
  record Steps(double[] milliseconds, double[] losses) {}

  Training(Subject subject, Execution execution) {
    model = ModelFamily.of(subject.config()).pretrainable(subject.config(), execution);
    model.initialize(1);
    optimizer = new LocalOptimizer(OptimizerConfig.adamW().withGradientClip(0), model.layout());
    batches = subject.batches();
  }

  Pretrainable model() {
    return model;
  }

  Steps run(int first, int count) {
    Steps steps = new Steps(new double[count], new double[count]);
    for (int i = 0; i < count; i++) {
      long started = System.nanoTime();
      steps.losses[i] = model.gradient(batches.get((first + i) % batches.size()));
      optimizer.step(model.parameters(), model.gradients(), learningRate(first + i));
      steps.milliseconds[i] = (System.nanoTime() - started) * 1e-6;
    }
    return steps;
  }

  private static float learningRate(int step) {
    return LEARNING_RATE * Math.min(1, (step + 1f) / WARM_UP);
  }

  /** Mean loss over batches that it is not trained on. */
  double validationLoss(List<Batch> validation) {
    double sum = 0;
    double counted = 0;
    for (Batch batch : validation) {
      Measure loss = model.measure(batch).get(0);
      sum += loss.sum();
      counted += loss.count();
    }
    return sum / counted;
  }

  @Override
  public void close() {
    model.close();
  }
}
