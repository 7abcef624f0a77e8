package io.headwater.worker;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.GradientProgress;
import io.headwater.model.Losses;
import io.headwater.ps.optimizer.LocalOptimizer;
import io.headwater.worker.Metrics.Phase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * The pseudo-gradient of {@code local-sgd} (DiLoCo, arXiv:2311.08105): how far some steps of
 * training, on the micro-batch's share of each of these steps' batches, have moved the weights. A
 * micro-batch is then a replica that trains on its own between two updates.
 *
 * <p>The replica's optimizer state stays with the worker from one update to the next. A worker that
 * takes a replica over begins with none, which costs some steps of adaptation and no correctness;
 * so, unlike {@code bsp}, a run in which workers were lost does not end in the same bits.
 */
final class LocalSteps implements GradientSource {
  private final TensorLayout layout;
  private final FlatVector weights;
  private final GradientSource batches;
  private final LocalTraining training;
  private final Metrics metrics;
  private final Map<Integer, LocalOptimizer> optimizers = new HashMap<>(); // by micro-batch
  private final FlatVector start;
  private final FlatVector moved;

  /**
   * @param weights those that the gradients of {@code batches} are computed from
   */
  LocalSteps(
      TensorLayout layout,
      FlatVector weights,
      GradientSource batches,
      LocalTraining training,
      Metrics metrics) {
    this.layout = layout;
    this.weights = weights;
    this.batches = batches;
    this.training = training;
    this.metrics = metrics;
    start = FlatVector.allocate(layout.elements());
    moved = FlatVector.allocate(layout.elements());
  }

  @Override
  public FlatVector vector() {
    return moved;
  }

  /** How far the weights have moved is known only in the end, all at once. */
  @Override
  public Outcome compute(long step, int microBatch, GradientProgress progress) {
    LocalOptimizer optimizer =
        optimizers.computeIfAbsent(
            microBatch, replica -> new LocalOptimizer(training.optimizer(), layout));
    start.copyFrom(weights);
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < training.steps(); i++) {
      Outcome outcome = batches.compute(step + i, microBatch, GradientProgress.NONE);
      float rate = training.learningRate().at(step + i);
      metrics.time(Phase.OPTIMIZER, () -> optimizer.step(weights, batches.vector(), rate));
      outcomes.add(outcome);
    }
    moved.copyFrom(start);
    moved.subtract(weights);
    weights.copyFrom(start);
    return all(outcomes);
  }

  /** Mean losses, and the sums of what counts. */
  private static Outcome all(List<Outcome> outcomes) {
    double[] losses = new double[outcomes.get(0).losses().parts().size()];
    long tokens = 0;
    double flops = 0;
    double dataSeconds = 0;
    for (Outcome outcome : outcomes) {
      for (int part = 0; part < losses.length; part++) {
        losses[part] += outcome.losses().parts().get(part);
      }
      tokens += outcome.tokens();
      flops += outcome.flops();
      dataSeconds += outcome.dataSeconds();
    }
    List<Double> means = DoubleStream.of(losses).map(sum -> sum / outcomes.size()).boxed().toList();
    return new Outcome(new Losses(means), tokens, flops, dataSeconds);
  }

  @Override
  public void close() {
    start.close();
    moved.close();
    batches.close();
  }
}
