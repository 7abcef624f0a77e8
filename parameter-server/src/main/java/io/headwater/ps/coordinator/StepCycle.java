package io.headwater.ps.coordinator;

import io.headwater.ps.optimizer.UpdateGuard;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.protocol.ShardRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of a run, one after another: a plan, losses and sums, the commit, the updates, now and
 * then a snapshot, until the last one is written.
 */
final class StepCycle {
  /** What a step may bring upon its run. */
  interface Consequences {
    void lose(ReplicaId replica, String reason, long nowNs);

    void fail(String reason, long nowNs);

    /** The last step is done, and its weights are on storage. */
    void finish(long nowNs);
  }

  private static final Logger LOG = LoggerFactory.getLogger(StepCycle.class);

  private static final String OTHER_SUMS = "its sums are not those of its primary";

  private final RunSpecification run;
  private final RunProgress progress;
  private final Replicas replicas;
  private final Consumer<Event> announce;
  private final Consequences consequences;
  private final UpdateGuard guard;
  private final SnapshotLedger snapshots;
  private final Stragglers stragglers;
  private final WorkSharing work;
  private final Plans plans;
  private final Overdue overdue;
  private StepCommit commit; // null before the model is loaded
  private boolean stopRequested;

  /**
   * @param reachable whether a replica that has not answered could at least be sent something
   */
  StepCycle(
      RunSpecification run,
      RunProgress progress,
      Membership members,
      Replicas replicas,
      Predicate<ShardEndpoint> reachable,
      UpdateGuard.State guardState,
      Consumer<Event> announce,
      Consequences consequences) {
    this.run = run;
    this.progress = progress;
    this.replicas = replicas;
    this.announce = announce;
    this.consequences = consequences;
    guard = new UpdateGuard(run.training().guard(), guardState);
    snapshots = new SnapshotLedger(replicas.shards(), run);
    stragglers = new Stragglers(run.workers());
    work = WorkSharing.of(run.training(), members);
    plans = new Plans(run.training(), work, announce);
    overdue = new Overdue(run, replicas, members, work, snapshots, reachable);
  }

  Plans plans() {
    return plans;
  }

  /** What the guard knows after the last step. */
  UpdateGuard.State guardState() {
    return guard.state();
  }

  /** What the last step was like; to be asked when it is done. */
  StepFigures figures() {
    return commit.figures();
  }

  /** All replicas have loaded a model of so many elements. */
  void open(long elements) {
    int[] blocks = new int[replicas.shards()];
    for (int shard = 0; shard < blocks.length; shard++) {
      blocks[shard] = ShardRange.of(elements, shard, blocks.length, ChunkSize.BLOCK).blocks();
    }
    commit = new StepCommit(run.training(), work, guard, blocks, announce);
    snapshots.startFrom(progress.step());
  }

  /** The current step is to be the last. */
  void requestStop() {
    stopRequested = true;
  }

  /** The whole model stands at a step: goes on, or ends. */
  void next(long nowNs) {
    long step = progress.step();
    boolean finished = stopRequested || step >= run.training().steps();
    boolean snapshot = snapshots.isDue(step, finished);
    if (snapshot && !snapshots.isWritten()) {
      progress.enter(RunPhase.HELD, nowNs);
      return;
    }
    commit.open(step);
    if (!run.training().isAsynchronous()) {
      stragglers.onStep(nowNs);
    }
    work.open(step);
    if (snapshot) {
      snapshots.ask(finished ? step : nextStep());
    }
    List<ReplicaId> newcomers = finished ? List.of() : plans.takeArrivals();
    newcomers.forEach(
        replica -> {
          replicas.join(replica, nowNs);
          LOG.info("run {}: {} comes in at step {}", run.runId(), replicas.name(replica), step);
        });
    plans.announceStep(step, finished, snapshot, replicas.view(), newcomers);
    progress.enter(finished ? RunPhase.FINISHING : RunPhase.TRAINING, nowNs);
    finishIfWritten(nowNs);
  }

  /** Step of the weights once this one is applied. */
  private long nextStep() {
    return progress.step() + run.training().localSteps();
  }

  void onLoss(Request.LossReport report, long nowNs) {
    stragglers.onReport(report, nowNs);
    if (isTraining()) {
      if (work.onLoss(report)) {
        planAnew(nowNs);
      }
      tryCommit(nowNs);
    }
  }

  void onNorms(Request.BlockNorms norms, long nowNs) {
    if (!isTraining() || !replicas.isPresent(norms.replica())) {
      return;
    }
    if (commit.onNorms(norms)) {
      tryCommit(nowNs);
    } else if (!replicas.isPrimary(norms.replica())) {
      consequences.lose(norms.replica(), OTHER_SUMS, nowNs);
    } else if (run.training().codecs().isExact()) {
      fail("the replicas of shard " + norms.replica().shard() + " do not agree", nowNs);
    } else {
      keepOnlyPrimary(norms, nowNs);
    }
  }

  /**
   * Standbys have sums other than their primary: with a lossy codec, when a part of the step was
   * handed on, and what a replica already had of it was encoded by another worker.
   */
  private void keepOnlyPrimary(Request.BlockNorms norms, long nowNs) {
    commit.onNormsOfAuthority(norms);
    List<ReplicaId> others = new ArrayList<>(replicas.of(norms.replica().shard()));
    others.remove(norms.replica());
    others.forEach(standby -> consequences.lose(standby, OTHER_SUMS, nowNs));
    tryCommit(nowNs);
  }

  private void tryCommit(long nowNs) {
    commit.tryCommit(replicas.view());
    if (!commit.isCommitted() && commit.hasNonFiniteLoss() && run.training().guard() == 0) {
      fail("the loss of " + commit.nonFiniteLosses(), nowNs);
    }
  }

  void onTensorNorms(Request.TensorNorms norms) {
    if (isTraining() && replicas.isPresent(norms.replica())) {
      commit.onTensorNorms(norms);
    }
  }

  void onApplied(Request.StepApplied applied, long nowNs) {
    if (isTraining() && replicas.isPresent(applied.replica())) {
      commit.onApplied(applied);
      completeIfApplied(nowNs);
    }
  }

  private void completeIfApplied(long nowNs) {
    if (!commit.isApplied(replicas.view())) {
      return;
    }
    announce.accept(commit.done());
    Optional<String> objection = commit.objection();
    if (objection.isPresent()) {
      fail(objection.orElseThrow(), nowNs);
      return;
    }
    plans
        .current()
        .newcomers()
        .forEach(replica -> announce.accept(new Event.ReplicaJoined(replica)));
    progress.moveTo(nextStep());
    next(nowNs);
  }

  void onPartWritten(Request.PartWritten part, long nowNs) {
    ReplicaId writer = part.replica();
    if (replicas.isPresent(writer) && snapshots.onPart(writer.shard(), part.step())) {
      announce.accept(new Event.SnapshotPart(part.step(), writer.shard()));
    }
    if (progress.is(RunPhase.HELD) && snapshots.isWritten()) {
      next(nowNs);
    }
    finishIfWritten(nowNs);
  }

  private void finishIfWritten(long nowNs) {
    if (progress.is(RunPhase.FINISHING) && snapshots.isWritten()) {
      LOG.info("run {}: finished at step {}", run.runId(), progress.step());
      consequences.finish(nowNs);
    }
  }

  void onJoin(int worker, long nowNs) {
    stragglers.onJoin(worker, nowNs);
  }

  /** Workers have come or gone: until the step is committed, others can do a lost one's part. */
  void onMembers(long nowNs) {
    if (isTraining() && work.onMembers(commit.isCommitted())) {
      planAnew(nowNs);
    }
  }

  /** Plans the same step once more, for the workers that are there. */
  private void planAnew(long nowNs) {
    plans.revise(plans.current().snapshot(), replicas.view());
    commit.startSumsFrom(plans.current().sumsFrom());
    progress.waitAnew(nowNs);
  }

  /** Whether one of the replicas of a shard has the state of the step. */
  boolean hasState(int shard) {
    List<ReplicaId> left = replicas.of(shard);
    return plans.isEmpty() || commit.isCommitted() // by which newcomers have it
        ? !left.isEmpty()
        : !plans.current().newcomers().containsAll(left);
  }

  /** A replica is gone, and its shard has another: all of them have what was committed. */
  void onLost(ReplicaId replica, boolean wasPrimary, long nowNs) {
    boolean writing = wasPrimary && !snapshots.hasPart(replica.shard());
    if (writing && !progress.is(RunPhase.FINISHING)) {
      snapshots.abandon();
    }
    if (plans.isEmpty()) {
      return;
    }
    Event.PlanAnnounced plan = plans.current();
    boolean snapshot = plan.finished() ? plan.snapshot() || writing : plan.snapshot() && !writing;
    plans.revise(snapshot, replicas.view());
    if (isTraining()) {
      tryCommit(nowNs);
      completeIfApplied(nowNs);
    } else if (progress.is(RunPhase.HELD)) {
      next(nowNs);
    }
  }

  private boolean isTraining() {
    return progress.is(RunPhase.TRAINING);
  }

  /** Whose losses of the step are not finite, in words; empty if none. */
  String nonFiniteLosses() {
    return commit == null ? "" : commit.nonFiniteLosses();
  }

  /** Why the run cannot stay in its phase any longer; empty if it can. */
  Optional<String> overdue(long nowNs) {
    return overdue.reason(progress.phase(), progress.waitedNs(nowNs), progress.step(), commit);
  }

  /** Tells the state of the step again, for whoever missed it. */
  void repeat() {
    plans.repeat();
    commit.repeat();
  }

  private void fail(String reason, long nowNs) {
    consequences.fail("step " + progress.step() + ": " + reason, nowNs);
  }
}
