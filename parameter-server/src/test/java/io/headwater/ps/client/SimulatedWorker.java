package io.headwater.ps.client;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.protocol.MicroBatchFigures;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.testing.SmallModel;
import io.headwater.ps.transport.CoordinatorRoute;
import io.headwater.ps.transport.ShardRoute;
import java.util.ArrayDeque;
import java.util.Random;
import java.util.function.Function;
import org.agrona.concurrent.NanoClock;

/**
 * The real session of a worker, and in place of its model one whose gradients are there a piece a
 * turn.
 */
public final class SimulatedWorker implements AutoCloseable {
  private final WorkerSession session;
  private final FlatVector parameters = FlatVector.allocate(SmallModel.ELEMENTS);
  private final ArrayDeque<MicroBatchRange> toPush = new ArrayDeque<>();
  private final float[] weights = new float[SmallModel.ELEMENTS];
  private StepPlan plan;
  private final Random progress;
  private MicroBatchRange computing; // null: nothing
  private float[] gradient; // what comes of it
  private int finalFrom;
  private boolean pushing;

  public SimulatedWorker(
      WorkerClientConfig config,
      CoordinatorRoute toCoordinator,
      Function<ShardEndpoint, ShardRoute> routes,
      NanoClock clock) {
    progress = new Random(config.worker() + 31 * config.incarnation());
    session = new WorkerSession(config, toCoordinator, routes, clock);
    session.join(parameters);
  }

  /** One turn; nothing is ever waited for. */
  public void doWork() {
    if (isFinished()) {
      session.pollWhileComputing();
      if (!session.hasHeardGoodbye()) {
        session.sendGoodbye();
      }
      return;
    }
    if (computing != null) {
      compute();
      return;
    }
    session.poll();
    if (plan == null) {
      open();
    } else if (pushing) {
      pushing = !session.isPushed();
    } else if (!toPush.isEmpty()) {
      begin(toPush.remove());
    } else {
      plan = null;
      session.startPull();
    }
  }

  private void open() {
    plan = session.plan();
    if (plan != null) {
      parameters.read(0, weights, 0, weights.length);
      toPush.addAll(plan.nodes());
    }
  }

  private void begin(MicroBatchRange node) {
    gradient =
        session.isOnItsOwn()
            ? SmallModel.countable(plan.batch(), node)
            : SmallModel.gradient(weights, plan.step(), node);
    session.gradients().fill(Float.NaN); // what is not final yet
    session.startPush(node);
    computing = node;
    finalFrom = gradient.length;
  }

  /** The backward pass reaches some parameters more. */
  private void compute() {
    session.pollWhileComputing();
    int from = progress.nextInt(4) == 0 ? 0 : progress.nextInt(finalFrom + 1);
    session.gradients().write(from, gradient, from, finalFrom - from);
    finalFrom = from;
    session.finalFrom(from);
    if (from == 0) {
      for (int m = computing.from(); m < computing.to(); m++) {
        session.report(m, MicroBatchFigures.of(SmallModel.loss(plan.batch(), m), 1, 10));
      }
      session.finishPush();
      computing = null;
      pushing = true;
    }
  }

  public boolean hasJoined() {
    return session.hasJoined();
  }

  public boolean isFinished() {
    return plan != null && plan.finished();
  }

  /** Weights of the newest plan. */
  public float[] weights() {
    return weights.clone();
  }

  @Override
  public void close() {
    session.close();
    parameters.close();
  }
}
