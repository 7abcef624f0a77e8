package io.headwater.ps.client;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.MicroBatchFigures;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.PushName;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.protocol.SummationTree;
import io.headwater.ps.transport.CoordinatorRoute;
import io.headwater.ps.transport.ShardRoute;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/**
 * A worker's side of the protocol as a state machine: it never waits, and all that it knows of time
 * is its clock. For one thread at a time.
 *
 * <p>Joining until {@link #plan()} is there; then, for each plan, one {@link #startPush} for each
 * of its nodes, {@link #finalFrom} as the gradient takes shape, and {@link #finishPush} until
 * {@link #isPushed()}; then {@link #startPull} until the next plan is there. {@link #poll()} in
 * between, often.
 */
final class WorkerSession implements AutoCloseable {
  private static final long JOIN_NS = 300_000_000L;
  private static final long NOTHING = Long.MAX_VALUE;

  private final WorkerClientConfig config;
  private final NanoClock clock;
  private final long run;
  private final CoordinatorWatch coordinator;
  private final ShardLanes lanes;
  private final Set<MicroBatchRange> handled = new HashSet<>(); // nodes of this step
  private final LossReports reports; // of this step
  private FlatVector parameters;
  private PushBuffer gradients;
  private OutgoingGradients outgoing; // null before the first push
  private SummationTree tree;
  private StepPlan plan; // null while waiting
  private Event.PlanAnnounced lookedAt; // the newest of this step that is reflected in handled
  private MicroBatchRange waiting; // to be pushed when it is this worker's turn; or null
  private long step = -1;
  private long batch = -1;
  private long pushedStep = -1;
  private long wantedStep = -1;
  private long joinedNs;

  WorkerSession(
      WorkerClientConfig config,
      CoordinatorRoute toCoordinator,
      Function<ShardEndpoint, ShardRoute> routes,
      NanoClock clock) {
    this.config = config;
    this.clock = clock;
    run = RunKey.of(config.runId());
    lanes = new ShardLanes(config.endpoints(), routes, clock);
    coordinator = new CoordinatorWatch(config, toCoordinator, clock);
    reports = new LossReports(coordinator, clock);
  }

  boolean isConnected() {
    return coordinator.isConnected() && lanes.isConnected();
  }

  /** Names what is not connected. */
  String unconnected() {
    String shards = lanes.unconnected();
    return coordinator.isConnected()
        ? shards
        : config.coordinator() + (shards.isEmpty() ? "" : ", " + shards);
  }

  /** Starts to join. */
  void join(FlatVector into) {
    parameters = into;
    gradients = PushBuffer.allocate(into.elements(), lanes.isLocal());
    lanes.open(run, into);
    joinedNs = clock.nanoTime() - JOIN_NS;
  }

  boolean hasJoined() {
    return coordinator.hasJoined();
  }

  /** Who is still waited for before the first step. */
  List<Integer> missingWorkers() {
    return coordinator.missingWorkers();
  }

  /** Who takes part by the newest plan; empty before the first. For any thread. */
  List<ReplicaId> replicas() {
    return coordinator.replicas();
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

  /** Begins to push; nothing of the gradient is final yet. */
  void startPush(MicroBatchRange node) {
    handled.add(node);
    if (coordinator.isOnItsOwn()) {
      waiting = node;
    } else {
      push(node, step);
    }
  }

  /** The pushed gradient is final from an element on. */
  void finalFrom(long element) {
    if (waiting == null) {
      lanes.finalFrom(element);
    }
  }

  /** The pushed gradient is final, and the worker waits for it to be accepted. */
  void finishPush() {
    if (waiting == null) {
      lanes.finishPush();
    }
  }

  /** Whether something of a gradient can be sent while the rest is computed. */
  boolean hasFinal() {
    return waiting == null && lanes.hasFinal();
  }

  private void push(MicroBatchRange node, long ofStep) {
    pushedStep = ofStep;
    if (outgoing == null) {
      outgoing = new OutgoingGradients(gradients, coordinator.codecs());
    }
    outgoing.begin();
    lanes.startPush(
        new PushName(run, ofStep, tree.node(node), config.worker(), config.incarnation()),
        outgoing);
  }

  boolean isNode(MicroBatchRange node) {
    return tree.node(node) != SummationTree.NONE;
  }

  boolean isPushed() {
    return waiting == null && lanes.isPushed();
  }

  void report(int microBatch, MicroBatchFigures figures) {
    coordinator.check();
    reports.send(new Request.LossReport(config.worker(), plan.batch(), microBatch, figures));
  }

  /** Whether the shards hold all that is pushed for the step of the last push, by anyone. */
  boolean isCommitted() {
    return coordinator.isCommitted(pushedStep);
  }

  /** Waits for the next plan and its weights. */
  void startPull() {
    plan = null;
    lanes.startPull();
  }

  /**
   * Heartbeats and events, and the weights that others have asked for, or what is final of the
   * gradient: what a worker that computes still has to do. Takes no weights in that the worker may
   * be computing from. Returns how much.
   */
  int pollWhileComputing() {
    int work = coordinator.poll();
    return work + (coordinator.isOnItsOwn() ? lanes.poll(config.silence()) : lanes.sendFinal());
  }

  /** Whether this worker computes batches of its own. */
  boolean isOnItsOwn() {
    return coordinator.isOnItsOwn();
  }

  /**
   * Sends what waits, takes in what has come; returns how much.
   *
   * @throws RuntimeException if the run has ended without this worker, or a shard is gone
   */
  int poll() {
    int work = coordinator.poll();
    if (parameters != null && coordinator.plan() != null) {
      lanes.follow(coordinator.plan());
    }
    work += lanes.poll(config.silence());
    coordinator.check();
    if (parameters != null && plan == null) {
      work += awaitPlan();
    } else if (waiting != null) {
      awaitTurn();
    } else if (!isPushed() && coordinator.plan().step() > pushedStep) {
      lanes.forgetPush(); // others have done this worker's part
    }
    return work;
  }

  private void awaitTurn() {
    if (coordinator.plan().finished()) {
      waiting = null; // the run ends without this batch
    } else if (!coordinator.share().isEmpty()) {
      push(waiting, coordinator.plan().step());
      waiting = null;
      lanes.finishPush();
    } else {
      reports.repeat();
    }
  }

  private int awaitPlan() {
    long nowNs = clock.nanoTime();
    if (coordinator.plan() == null || (step < 0 && !isPartOfPlan())) {
      if (!coordinator.hasJoined() && nowNs - joinedNs > JOIN_NS) {
        joinedNs = nowNs;
        coordinator.sendJoin(parameters.elements());
      }
      return 0;
    }
    if (coordinator.isOnItsOwn()) {
      if (!hasNewBatch()) {
        return 0;
      }
      wantNewest();
    } else if (coordinator.plan().step() == step) {
      return awaitHandedOn();
    } else if (wantedStep != coordinator.plan().step()) {
      wantedStep = coordinator.plan().step();
      lanes.want(wantedStep);
      lanes.startPull();
    }
    boolean complete = lanes.isPulled(config.worker());
    if (complete) {
      open();
    }
    return complete ? 1 : 0;
  }

  private boolean isPartOfPlan() {
    return coordinator.plan().finished()
        || !coordinator.share().isEmpty()
        || coordinator.batch() != Event.Task.NONE;
  }

  private boolean hasNewBatch() {
    return coordinator.plan().finished()
        || (coordinator.batch() != Event.Task.NONE && coordinator.batch() != batch);
  }

  /** Weights as new as the plan; if the run goes on meanwhile, some may be newer than others. */
  private void wantNewest() {
    if (wantedStep == NOTHING || wantedStep < 0 || coordinator.plan().finished()) {
      if (wantedStep != coordinator.plan().step()) {
        wantedStep = coordinator.plan().step();
        lanes.wantNewest(wantedStep);
        lanes.startPull();
      }
    }
  }

  /** The step is not over: perhaps there is more to do in it, or a report was lost. */
  private int awaitHandedOn() {
    if (coordinator.plan() != lookedAt) {
      lookedAt = coordinator.plan();
      List<MicroBatchRange> more = unhandled();
      if (!more.isEmpty()) {
        plan = new StepPlan(step, step, false, more);
        return 1;
      }
    }
    reports.repeat();
    return 0;
  }

  private List<MicroBatchRange> unhandled() {
    return coordinator.share().stream()
        .flatMap(range -> tree.decompose(range).stream())
        .filter(node -> !handled.contains(node))
        .toList();
  }

  private void open() {
    step = wantedStep;
    if (tree == null) {
      tree = new SummationTree(coordinator.plan().microBatches());
    }
    handled.clear();
    reports.clear();
    lookedAt = coordinator.plan();
    boolean finished = coordinator.plan().finished();
    if (coordinator.isOnItsOwn()) {
      batch = coordinator.batch();
      wantedStep = NOTHING;
      lanes.want(NOTHING);
      plan =
          new StepPlan(
              step,
              batch,
              finished,
              finished
                  ? List.of()
                  : List.of(new MicroBatchRange(0, coordinator.plan().microBatches())));
    } else {
      wantedStep = step + coordinator.plan().localSteps();
      lanes.want(wantedStep);
      plan = new StepPlan(step, step, finished, finished ? List.of() : unhandled());
    }
  }

  void sendGoodbye() {
    coordinator.sendGoodbye();
  }

  boolean hasHeardGoodbye() {
    return coordinator.hasHeardGoodbye();
  }

  @Override
  public void close() {
    CloseHelper.quietClose(lanes);
    CloseHelper.quietClose(coordinator);
    CloseHelper.quietClose(outgoing);
    CloseHelper.quietClose(gradients);
  }
}
