package io.headwater.ps.client;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.PushName;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.protocol.SummationTree;
import io.headwater.ps.transport.IdleStrategies;
import io.headwater.ps.transport.Routes;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.agrona.concurrent.IdleStrategy;

/**
 * A worker's way to the parameter server: join, then push and pull, step by step.
 *
 * <p>All methods are for one thread, the worker's; a second one sends heartbeats while the worker
 * computes. Every wait is bounded. All methods throw {@code RunFailedException} when the server has
 * ended the run, and {@code ParameterServerException} when a shard cannot be reached.
 */
public final class WorkerClient implements AutoCloseable {
  private static final long JOIN_NS = 300_000_000L;

  private final WorkerClientConfig config;
  private final long run;
  private final Routes routes = new Routes();
  private final List<ShardLane> lanes = new ArrayList<>();
  private final IdleStrategy idle = IdleStrategies.forApplication();
  private LeadWatch lead;
  private FlatVector parameters;
  private SummationTree tree;
  private long step = -1;

  private WorkerClient(WorkerClientConfig config) {
    this.config = config;
    this.run = RunKey.of(config.runId());
  }

  /** Reaches all shards, or says which one cannot be reached. */
  public static WorkerClient connect(WorkerClientConfig config) {
    WorkerClient client = new WorkerClient(config);
    try {
      client.connect();
      return client;
    } catch (RuntimeException e) {
      client.close();
      throw e;
    }
  }

  private void connect() {
    long deadlineNs = deadline(config.startTimeout());
    for (ShardEndpoint endpoint : config.endpoints()) {
      lanes.add(new ShardLane(routes.to(endpoint)));
    }
    lead = new LeadWatch(config, routes.to(config.endpoints().get(0)));
    while (!lead.isConnected() || !lanes.stream().allMatch(ShardLane::isConnected)) {
      if (System.nanoTime() > deadlineNs) {
        throw new ParameterServerException(
            "Cannot reach "
                + lanes.stream()
                    .filter(lane -> !lane.isConnected())
                    .map(lane -> lane.endpoint().toString())
                    .collect(Collectors.joining(", "))
                + (lead.isConnected() ? "" : " (requests and events of shard 0)")
                + " within "
                + seconds(config.startTimeout()));
      }
      idle.idle(0);
    }
    lead.start();
  }

  /**
   * Joins the run, waits until all workers have, and pulls the first weights.
   *
   * @param into overwritten with the weights of the returned plan's step; the same vector is to be
   *     given to every {@link #pull}
   */
  public StepPlan join(FlatVector into) {
    parameters = into;
    long deadlineNs = deadline(config.startTimeout());
    lanes.forEach(lane -> lane.open(run, into, lanes.size()));
    lead.enter();
    try {
      long askedNs = 0;
      while (lead.plan() == null) {
        long nowNs = System.nanoTime();
        if (nowNs - askedNs > JOIN_NS) {
          askedNs = nowNs;
          lead.sendJoin(into.elements());
        }
        if (nowNs > deadlineNs) {
          throw new ParameterServerException(
              "Cannot start run "
                  + config.runId()
                  + ": "
                  + (lead.hasJoined()
                      ? "workers " + lead.missingWorkers() + " have not joined"
                      : config.endpoints().get(0)
                          + " has not let worker "
                          + config.worker()
                          + " in")
                  + " within "
                  + seconds(config.startTimeout()));
        }
        idle.idle(lead.poll());
        lead.check();
      }
      tree = new SummationTree(lead.plan().microBatches());
      return awaitWeights(lead.plan().step());
    } finally {
      lead.leave();
    }
  }

  /**
   * Sends the gradient of one node of the plan; returns when it may be overwritten.
   *
   * @param node one of {@code plan.nodes()}, or a node of the tree below one of them
   * @param gradients sum over the node's micro-batches, in the tree's association, not scaled
   */
  public void push(StepPlan plan, MicroBatchRange node, FlatVector gradients) {
    checkStep(plan);
    int number = tree.node(node);
    if (number == SummationTree.NONE) {
      throw new IllegalArgumentException(
          "Cannot push micro-batches " + node + ": they are no node of the summation tree");
    }
    if (gradients.elements() != parameters.elements()) {
      throw new IllegalArgumentException(
          "Cannot push "
              + gradients.elements()
              + " gradients of "
              + parameters.elements()
              + " parameters");
    }
    PushName name = new PushName(run, plan.step(), number, config.worker(), config.incarnation());
    lanes.forEach(lane -> lane.startPush(name, gradients));
    lead.enter();
    try {
      boolean pushed = false;
      while (!pushed) {
        int work = lead.poll();
        pushed = true;
        for (int i = 0; i < lanes.size(); i++) {
          ShardLane lane = lanes.get(i);
          work += lane.push() + lane.poll();
          pushed &= lane.isPushed();
        }
        lead.check();
        idle.idle(work);
      }
    } finally {
      lead.leave();
      Reference.reachabilityFence(gradients);
    }
  }

  /** Reports the mean loss (nats) and the number of tokens of one micro-batch of the plan. */
  public void report(StepPlan plan, int microBatch, double loss, long tokens) {
    checkStep(plan);
    lead.enter();
    try {
      lead.check();
      lead.send(new Request.LossReport(config.worker(), plan.step(), microBatch, loss, tokens));
    } finally {
      lead.leave();
    }
  }

  /**
   * Waits for the weights after the step that was pushed last.
   *
   * @param into the vector given to {@link #join}, overwritten with the weights of the returned
   *     plan's step
   */
  public StepPlan pull(FlatVector into) {
    if (into != parameters) {
      throw new IllegalArgumentException(
          "Cannot pull into another vector than the one given to join");
    }
    lead.enter();
    try {
      return awaitWeights(step + 1);
    } finally {
      lead.leave();
      Reference.reachabilityFence(into);
    }
  }

  private StepPlan awaitWeights(long wanted) {
    if (wanted != step + 1 || step < 0) {
      lanes.forEach(lane -> lane.want(wanted)); // the first weights
    }
    lanes.forEach(ShardLane::startPull);
    while (true) {
      int work = lead.poll();
      boolean planned = lead.plan().step() >= wanted;
      boolean complete = planned;
      for (int i = 0; i < lanes.size(); i++) {
        ShardLane lane = lanes.get(i);
        work += lane.poll();
        complete &= lane.isComplete();
        if (planned) {
          lane.askAgain(config.worker());
        }
      }
      if (complete) {
        return open(lead.plan());
      }
      lead.check();
      idle.idle(work);
    }
  }

  private StepPlan open(Event.PlanAnnounced announced) {
    step = announced.step();
    lanes.forEach(lane -> lane.want(step + 1));
    MicroBatchRange mine =
        announced.finished()
            ? new MicroBatchRange(0, 0)
            : announced
                .of(config.worker(), config.incarnation())
                .orElseThrow(
                    () ->
                        new ParameterServerException(
                            "Worker " + config.worker() + " has no part in step " + step))
                .microBatches();
    return new StepPlan(step, announced.finished(), mine, tree.decompose(mine));
  }

  private void checkStep(StepPlan plan) {
    if (plan.step() != step || plan.finished()) {
      throw new IllegalStateException(
          "Cannot work on "
              + (plan.finished() ? "the finished plan of step " : "step ")
              + plan.step()
              + ": the pulled weights are of step "
              + step);
    }
  }

  private static long deadline(Duration timeout) {
    return System.nanoTime() + timeout.toNanos();
  }

  private static String seconds(Duration timeout) {
    return timeout.toMillis() / 1000.0 + " s";
  }

  @Override
  public void close() {
    if (lead != null) {
      lead.close();
    }
    routes.close();
  }
}
