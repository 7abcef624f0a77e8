package io.headwater.ps.client;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.protocol.MicroBatchRange;

/**
 * A worker's way to the parameter server: join, then push and pull, step by step.
 *
 * <p>All methods are for one thread, the worker's; a second one sends heartbeats while the worker
 * computes. Every wait is bounded. All methods throw {@code RunFailedException} when the server has
 * ended the run, and {@code ParameterServerException} when a shard cannot be reached.
 */
public final class WorkerClient implements AutoCloseable {
  private WorkerClient() {}

  /** Reaches all shards, or says which one cannot be reached. */
  public static WorkerClient connect(WorkerClientConfig config) {
    throw new UnsupportedOperationException();
  }

  /**
   * Joins the run, waits until all workers have, and pulls the first weights.
   *
   * @param parameters overwritten with the weights of the returned plan's step
   */
  public StepPlan join(FlatVector parameters) {
    throw new UnsupportedOperationException();
  }

  /**
   * Sends the gradient of one node of the plan; returns when it may be overwritten.
   *
   * @param node one of {@code plan.nodes()}
   * @param gradients sum over the node's micro-batches, in the tree's association, not scaled
   */
  public void push(StepPlan plan, MicroBatchRange node, FlatVector gradients) {
    throw new UnsupportedOperationException();
  }

  /** Reports the mean loss (nats) and the number of tokens of one micro-batch of the plan. */
  public void report(StepPlan plan, int microBatch, double loss, long tokens) {
    throw new UnsupportedOperationException();
  }

  /**
   * Waits for the weights after the step that was pushed last.
   *
   * @param parameters overwritten with the weights of the returned plan's step
   */
  public StepPlan pull(FlatVector parameters) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
