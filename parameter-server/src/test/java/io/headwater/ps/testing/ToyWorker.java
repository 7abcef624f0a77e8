package io.headwater.ps.testing;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.protocol.MicroBatchFigures;
import io.headwater.ps.protocol.MicroBatchRange;
import java.util.concurrent.Callable;

/** A worker from joining to the end of the run; returns the last weights that it pulled. */
public class ToyWorker implements Callable<float[]> {
  private final WorkerClientConfig config;

  public ToyWorker(WorkerClientConfig config) {
    this.config = config;
  }

  @Override
  public float[] call() {
    try (FlatVector parameters = FlatVector.allocate(ToyModel.ELEMENTS);
        WorkerClient client = WorkerClient.connect(config)) {
      StepPlan plan = client.join(parameters);
      float[] weights = new float[ToyModel.ELEMENTS];
      parameters.read(0, weights, 0, weights.length);
      while (!plan.finished()) {
        step(client, plan, weights);
        plan = client.pull();
        parameters.read(0, weights, 0, weights.length);
      }
      finished();
      return weights;
    }
  }

  /** It has the last weights, and has not said goodbye yet. */
  protected void finished() {}

  /** Pushes and reports one step. */
  protected void step(WorkerClient client, StepPlan plan, float[] weights) {
    plan.microBatches()
        .forEach(
            m ->
                client.report(
                    plan, m, MicroBatchFigures.of(ToyModel.loss(plan.batch(), m), 1, 100)));
    for (MicroBatchRange node : plan.nodes()) {
      push(client, plan, node, weights);
    }
  }

  protected static void push(
      WorkerClient client, StepPlan plan, MicroBatchRange node, float[] weights) {
    float[] gradient = ToyModel.gradient(weights, plan.step(), node);
    client.gradients().fill(Float.NaN);
    client.startPush(plan, node);
    int end = gradient.length;
    for (int from : new int[] {end / 3 * 2, end / 3, 0}) {
      client.gradients().write(from, gradient, from, end - from);
      client.finalFrom(from);
      end = from;
    }
    client.finishPush();
  }
}
