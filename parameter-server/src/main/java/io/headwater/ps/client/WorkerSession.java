package io.headwater.ps.client;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.PushName;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.SummationTree;
import io.headwater.ps.transport.ShardRoute;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/**
 * A worker's side of the protocol as a state machine: it never waits, and all that it knows of time
 * is its clock. For one thread at a time.
 *
 * <p>Joining until {@link #plan()} is there; then, for each plan, one {@link #startPush} for each
 * of its nodes, each after {@link #isPushed()}; then {@link #startPull} until the next plan is
 * there. {@link #poll()} in between, often.
 */
final class WorkerSession implements AutoCloseable {
  private static final long JOIN_NS = 300_000_000L;
  private static final long REPORT_NS = 500_000_000L;

  private final WorkerClientConfig config;
  private final NanoClock clock;
  private final long run;
  private final LeadWatch lead;
  private final List<ShardLane> lanes = new ArrayList<>();
  private final Set<MicroBatchRange> handled = new HashSet<>(); // nodes of this step
  private final List<Request.LossReport> reports = new ArrayList<>(); // of this step
  private FlatVector parameters;
  private PushBuffer gradients;
  private SummationTree tree;
  private StepPlan plan; // null while waiting
  private Event.PlanAnnounced lookedAt; // the newest of this step that is reflected in handled
  private long step = -1;
  private long wantedStep = -1;
  private long joinedNs;
  private long reportedNs;

  WorkerSession(WorkerClientConfig config, List<ShardRoute> routes, NanoClock clock) {
    this.config = config;
    this.clock = clock;
    run = RunKey.of(config.runId());
    for (ShardRoute route : routes) {
      lanes.add(new ShardLane(route, clock));
    }
    lead = new LeadWatch(config, routes.get(0), clock);
  }

  boolean isConnected() {
    return lead.isConnected() && lanes.stream().allMatch(ShardLane::isConnected);
  }

  /** Names what is not connected. */
  String unconnected() {
    return lanes.stream()
            .filter(lane -> !lane.isConnected())
            .map(lane -> lane.endpoint().toString())
            .collect(Collectors.joining(", "))
        + (lead.isConnected() ? "" : " (requests and events of shard 0)");
  }

  /** Starts to join. */
  void join(FlatVector into) {
    parameters = into;
    gradients = PushBuffer.allocate(into.elements(), lanes.stream().anyMatch(ShardLane::isLocal));
    lanes.forEach(lane -> lane.open(run, into, lanes.size()));
    joinedNs = clock.nanoTime() - JOIN_NS;
  }

  boolean hasJoined() {
    return lead.hasJoined();
  }

  /** Who is still waited for before the first step. */
  List<Integer> missingWorkers() {
    return lead.missingWorkers();
  }

  /** What to compute now; null while there is nothing. */
  StepPlan plan() {
    return plan;
  }

  FlatVector parameters() {
    return parameters;
  }

  /** What pushes are read from; not to be written while one is under way. */
  FlatVector gradients() {
    return gradients.vector();
  }

  void startPush(MicroBatchRange node) {
    PushName name = new PushName(run, step, tree.node(node), config.worker(), config.incarnation());
    handled.add(node);
    lanes.forEach(lane -> lane.startPush(name, gradients));
  }

  boolean isNode(MicroBatchRange node) {
    return tree.node(node) != SummationTree.NONE;
  }

  boolean isPushed() {
    for (int i = 0; i < lanes.size(); i++) {
      if (!lanes.get(i).isPushed()) {
        return false;
      }
    }
    return true;
  }

  void report(int microBatch, double loss, long tokens) {
    lead.check();
    Request.LossReport report =
        new Request.LossReport(config.worker(), step, microBatch, loss, tokens);
    reports.add(report);
    reportedNs = clock.nanoTime();
    lead.send(report);
  }

  /** Waits for the next plan and its weights. */
  void startPull() {
    plan = null;
    lanes.forEach(ShardLane::startPull);
  }

  /** Heartbeats and events only: what a worker that computes still has to do. */
  void pollLead() {
    lead.poll();
  }

  /**
   * Sends what waits, takes in what has come; returns how much.
   *
   * @throws RuntimeException if the run has ended without this worker, or a shard is gone
   */
  int poll() {
    int work = lead.poll();
    for (int i = 0; i < lanes.size(); i++) {
      work += lanes.get(i).poll();
    }
    lead.check();
    if (parameters != null && plan == null) {
      work += awaitPlan();
    } else if (!isPushed() && lead.plan().step() > step) {
      lanes.forEach(ShardLane::forgetPush); // others have done this worker's part
    }
    return work;
  }

  private int awaitPlan() {
    long nowNs = clock.nanoTime();
    if (lead.plan() == null || (step < 0 && !isPartOfPlan())) {
      if (!lead.hasJoined() && nowNs - joinedNs > JOIN_NS) {
        joinedNs = nowNs;
        lead.sendJoin(parameters.elements());
      }
      return 0;
    }
    if (lead.plan().step() == step) {
      return awaitHandedOn(nowNs);
    }
    if (wantedStep != lead.plan().step()) {
      wantedStep = lead.plan().step();
      lanes.forEach(lane -> lane.want(wantedStep));
      lanes.forEach(ShardLane::startPull);
    }
    boolean complete = true;
    for (int i = 0; i < lanes.size(); i++) {
      lanes.get(i).askAgain(config.worker());
      complete &= lanes.get(i).isComplete();
    }
    if (complete) {
      open();
    }
    return complete ? 1 : 0;
  }

  private boolean isPartOfPlan() {
    return lead.plan().finished() || !lead.share().isEmpty();
  }

  /** The step is not over: perhaps there is more to do in it, or a report was lost. */
  private int awaitHandedOn(long nowNs) {
    if (lead.plan() != lookedAt) {
      lookedAt = lead.plan();
      List<MicroBatchRange> more = unhandled();
      if (!more.isEmpty()) {
        plan = new StepPlan(step, false, more);
        return 1;
      }
    }
    if (nowNs - reportedNs > REPORT_NS) {
      reportedNs = nowNs;
      reports.forEach(lead::send);
    }
    return 0;
  }

  private List<MicroBatchRange> unhandled() {
    return lead.share().stream()
        .flatMap(range -> tree.decompose(range).stream())
        .filter(node -> !handled.contains(node))
        .toList();
  }

  private void open() {
    step = wantedStep;
    if (tree == null) {
      tree = new SummationTree(lead.plan().microBatches());
    }
    handled.clear();
    reports.clear();
    lookedAt = lead.plan();
    wantedStep = step + lead.plan().localSteps();
    lanes.forEach(lane -> lane.want(wantedStep));
    plan =
        new StepPlan(
            step, lead.plan().finished(), lead.plan().finished() ? List.of() : unhandled());
  }

  void sendGoodbye() {
    lead.sendGoodbye();
  }

  boolean hasHeardGoodbye() {
    return lead.hasHeardGoodbye();
  }

  @Override
  public void close() {
    CloseHelper.quietCloseAll(lanes);
    CloseHelper.quietClose(gradients);
  }
}
