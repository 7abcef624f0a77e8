package io.headwater.ps.coordinator;

import io.headwater.ps.PsMetrics;
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
 * One run as its coordinator sees it: who is there, which step it is, when to keep a checkpoint.
 *
 * <p>A state machine over requests and time, with no threads, clocks or channels of its own. A step
 * is committed when all replicas of all shards hold its whole gradient and all losses are known:
 * until then a lost worker's part is handed to others, from then on no worker is needed. A lost
 * replica is not waited for, as long as its shard has another. No step is planned before all
 * replicas have applied the one before, so between two plans the whole model stands at one version;
 * that is where a run starts, stops and ends, and where workers and replicas come in.
 */
final class CoordinatedRun {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatedRun.class);

  private static final String OTHER_SUMS = "its sums are not those of its primary";

  private final RunSpecification run;
  private final Consumer<Event> announce;
  private final Membership members;
  private final Replicas replicas;
  private final SnapshotLedger snapshots;
  private final LoadedModel loaded = new LoadedModel();
  private final Stragglers stragglers;
  private final WorkSharing work;
  private final UpdateGuard guard;
  private final Plans plans;
  private final Overdue overdue;
  private final RunEnd end;

  private RunPhase phase = RunPhase.LOADING;
  private long phaseSinceNs;
  private long step = -1;
  private StepCommit commit; // null while loading
  private boolean stopRequested;

  CoordinatedRun(
      RunSpecification run,
      List<ShardEndpoint> endpoints,
      Predicate<ShardEndpoint> reachable,
      UpdateGuard.State guardState,
      Consumer<Event> announce,
      long nowNs) {
    this.run = run;
    guard = new UpdateGuard(run.training().guard(), guardState);
    this.announce = announce;
    members = new Membership(run.workers());
    replicas = new Replicas(endpoints, run.timeouts().lease().toNanos(), nowNs);
    snapshots = new SnapshotLedger(replicas.shards(), run);
    stragglers = new Stragglers(run.workers());
    work = WorkSharing.of(run.training(), members);
    plans = new Plans(run.training(), work, announce);
    overdue = new Overdue(run, replicas, members, work, snapshots, reachable);
    end = new RunEnd(members, replicas, plans, run.timeouts().lease().toNanos(), announce);
    phaseSinceNs = nowNs;
  }

  /** Places of replicas that are to be told to open the run. */
  List<ShardEndpoint> absent() {
    return hasEnded() ? List.of() : replicas.absent();
  }

  boolean hasEnded() {
    return end.hasCome();
  }

  /** Whether the run has ended and all workers know: the shards need not serve it any longer. */
  boolean isOver(long nowNs) {
    return end.isKnown(nowNs);
  }

  /** Whether the run has ended and all replicas have left too. */
  boolean isForgotten() {
    return end.isForgotten();
  }

  void on(Request request, long nowNs) {
    if (request instanceof Request.Heartbeat m) {
      onHeartbeat(m, nowNs);
    } else if (request instanceof Request.ReplicaHeartbeat m) {
      replicas.heard(m.replica(), nowNs);
    } else if (request instanceof Request.Leave m) {
      onLeave(m, nowNs);
    } else if (request instanceof Request.ReplicaLeave m) {
      onReplicaLeave(m, nowNs);
    } else if (!hasEnded()) {
      onActive(request, nowNs);
    }
  }

  private void onActive(Request request, long nowNs) {
    if (request instanceof Request.LossReport m) {
      onLoss(m, nowNs);
    } else if (request instanceof Request.BlockNorms m) {
      onNorms(m, nowNs);
    } else if (request instanceof Request.TensorNorms m) {
      onTensorNorms(m);
    } else if (request instanceof Request.StepApplied m) {
      onApplied(m, nowNs);
    } else if (request instanceof Request.Join m) {
      onJoin(m, nowNs);
    } else if (request instanceof Request.ReplicaReady m) {
      onReady(m, nowNs);
    } else if (request instanceof Request.PartWritten m) {
      onPartWritten(m, nowNs);
    } else if (request instanceof Request.ReplicaFailed m) {
      onReplicaFailed(m, nowNs);
    }
  }

  private void onHeartbeat(Request.Heartbeat heartbeat, long nowNs) {
    members.heard(heartbeat.worker(), heartbeat.incarnation(), nowNs);
    if (members.contains(heartbeat.worker())) {
      PsMetrics.heartbeat(heartbeat.worker());
    }
  }

  private void onLeave(Request.Leave leave, long nowNs) {
    announce.accept(new Event.LeaveHeard(leave.worker()));
    LOG.debug("run {}: worker {} leaves", run.runId(), leave.worker());
    if (members.isPresent(leave.worker(), leave.incarnation())) {
      if (phase == RunPhase.GATHERING || phase == RunPhase.TRAINING || phase == RunPhase.HELD) {
        lose(leave.worker(), "it has left", nowNs);
      } else {
        members.leave(leave.worker());
      }
    }
  }

  private void onReplicaLeave(Request.ReplicaLeave leave, long nowNs) {
    if (!replicas.isPresent(leave.replica())) {
      return;
    }
    if (hasEnded()) {
      replicas.remove(leave.replica());
    } else {
      lose(leave.replica(), "it has left", nowNs);
    }
  }

  private void onReady(Request.ReplicaReady ready, long nowNs) {
    ReplicaId replica = ready.replica();
    if (!replicas.isPossible(replica)) {
      return;
    }
    Optional<String> objection = loaded.objection(ready, phase == RunPhase.LOADING);
    if (objection.isPresent()) {
      fail(replicas.name(replica) + " " + objection.orElseThrow(), nowNs);
      return;
    }
    Optional<ReplicaId> before = replicas.atPlaceOf(replica);
    if (phase == RunPhase.LOADING) {
      before.ifPresent(replicas::remove);
      step = loaded.step();
      replicas.join(replica, nowNs);
      openIfLoaded(nowNs);
      return;
    }
    before.ifPresent(old -> lose(old, "it was started again", nowNs));
    if (hasEnded()) {
      return;
    }
    if (phase == RunPhase.GATHERING) {
      replicas.join(replica, nowNs);
      announce.accept(new Event.ReplicaJoined(replica));
    } else {
      plans.await(replica);
    }
  }

  private void openIfLoaded(long nowNs) {
    if (!replicas.absent().isEmpty()) {
      return;
    }
    replicas.sortByPlace();
    int[] blocks = new int[replicas.shards()];
    for (int shard = 0; shard < blocks.length; shard++) {
      blocks[shard] =
          ShardRange.of(loaded.elements(), shard, blocks.length, ChunkSize.BLOCK).blocks();
    }
    commit = new StepCommit(run.training(), work, guard, blocks, announce);
    snapshots.startFrom(step);
    enter(RunPhase.GATHERING, nowNs);
    announce.accept(new Event.RunOpened(step, loaded.elements()));
    LOG.info("run {}: {} have loaded step {}", run.runId(), replicas.view().size(), step);
    countWorkers();
  }

  private void onJoin(Request.Join join, long nowNs) {
    if (phase == RunPhase.LOADING) {
      return; // it will ask again
    }
    if (members.isPresent(join.worker(), join.incarnation())) {
      members.heard(join.worker(), join.incarnation(), nowNs);
      accept(join);
      return;
    }
    if (phase == RunPhase.FINISHING) {
      return; // it will hear that the run has ended
    }
    Optional<String> refusal = members.refusal(join, loaded.elements());
    if (refusal.isPresent()) {
      announce.accept(
          new Event.JoinRefused(join.worker(), join.incarnation(), refusal.orElseThrow()));
      return;
    }
    if (members.isPresent(join.worker())) {
      lose(join.worker(), "it was started again", nowNs);
    }
    members.join(join.worker(), join.incarnation(), nowNs);
    stragglers.onJoin(join.worker(), nowNs);
    LOG.info("run {}: worker {} has joined", run.runId(), join.worker());
    countWorkers();
    accept(join);
    if (phase == RunPhase.GATHERING && members.missing().isEmpty()) {
      next(nowNs);
    } else if (phase == RunPhase.TRAINING && work.onMembers(commit.isCommitted())) {
      planAnew(nowNs);
    }
  }

  private void accept(Request.Join join) {
    announce.accept(
        new Event.JoinAccepted(
            join.worker(), join.incarnation(), run.training().codecs(), members.missing()));
    plans.repeat();
  }

  private void onLoss(Request.LossReport report, long nowNs) {
    stragglers.onReport(report, nowNs);
    if (phase == RunPhase.TRAINING) {
      if (work.onLoss(report)) {
        planAnew(nowNs);
      }
      tryCommit(nowNs);
    }
  }

  private void onNorms(Request.BlockNorms norms, long nowNs) {
    if (phase != RunPhase.TRAINING || !replicas.isPresent(norms.replica())) {
      return;
    }
    if (commit.onNorms(norms)) {
      tryCommit(nowNs);
    } else if (!replicas.isPrimary(norms.replica())) {
      lose(norms.replica(), OTHER_SUMS, nowNs);
    } else if (run.training().codecs().isExact()) {
      fail(
          "step " + step + ": the replicas of shard " + norms.replica().shard() + " do not agree",
          nowNs);
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
    others.forEach(standby -> lose(standby, OTHER_SUMS, nowNs));
    tryCommit(nowNs);
  }

  private void tryCommit(long nowNs) {
    commit.tryCommit(replicas.view());
    if (!commit.isCommitted() && commit.hasNonFiniteLoss() && run.training().guard() == 0) {
      fail("step " + step + ": the loss of " + commit.nonFiniteLosses(), nowNs);
    }
  }

  private void onTensorNorms(Request.TensorNorms norms) {
    if (phase == RunPhase.TRAINING && replicas.isPresent(norms.replica())) {
      commit.onTensorNorms(norms);
    }
  }

  private void onApplied(Request.StepApplied applied, long nowNs) {
    if (phase == RunPhase.TRAINING && replicas.isPresent(applied.replica())) {
      commit.onApplied(applied);
      completeIfApplied(nowNs);
    }
  }

  private void completeIfApplied(long nowNs) {
    if (commit.isApplied(replicas.view())) {
      announce.accept(commit.done());
      if (commit.objection().isPresent()) {
        fail("step " + step + ": " + commit.objection().orElseThrow(), nowNs);
        return;
      }
      plans
          .current()
          .newcomers()
          .forEach(replica -> announce.accept(new Event.ReplicaJoined(replica)));
      step = nextStep();
      next(nowNs);
    }
  }

  /** The whole model stands at {@code step}: goes on, or ends. */
  private void next(long nowNs) {
    boolean finished = stopRequested || step >= run.training().steps();
    boolean snapshot = snapshots.isDue(step, finished);
    if (snapshot && !snapshots.isWritten()) {
      enter(RunPhase.HELD, nowNs);
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
    enter(finished ? RunPhase.FINISHING : RunPhase.TRAINING, nowNs);
    finishIfWritten(nowNs);
  }

  /** Step of the weights once this one is applied. */
  private long nextStep() {
    return step + run.training().localSteps();
  }

  private void onPartWritten(Request.PartWritten part, long nowNs) {
    ReplicaId writer = part.replica();
    if (replicas.isPresent(writer) && snapshots.onPart(writer.shard(), part.step())) {
      announce.accept(new Event.SnapshotPart(part.step(), writer.shard()));
    }
    if (phase == RunPhase.HELD && snapshots.isWritten()) {
      next(nowNs);
    }
    finishIfWritten(nowNs);
  }

  private void finishIfWritten(long nowNs) {
    if (phase == RunPhase.FINISHING && snapshots.isWritten()) {
      LOG.info("run {}: finished at step {}", run.runId(), step);
      end(new Event.RunFinished(step), nowNs);
    }
  }

  /** Finishes the current step, keeps a snapshot and ends. */
  void stop(long nowNs) {
    stopRequested = true;
    if (phase == RunPhase.LOADING || phase == RunPhase.GATHERING) {
      end(new Event.RunFinished(Math.max(step, 0)), nowNs);
    }
  }

  private void onReplicaFailed(Request.ReplicaFailed failed, long nowNs) {
    String losses = commit == null ? "" : commit.nonFiniteLosses();
    String who = replicas.name(failed.replica());
    fail(who + ": " + failed.reason() + (losses.isEmpty() ? "" : "; the loss of " + losses), nowNs);
  }

  /** To be called often: sees to leases and timeouts. */
  void tick(long nowNs) {
    long away = replicas.lookAgain(nowNs);
    if (away > 0) {
      members.renewAll(nowNs);
      phaseSinceNs += away;
    }
    if (hasEnded()) {
      end.tick(nowNs);
      return;
    }
    if (phase != RunPhase.FINISHING) {
      for (int worker : members.expired(nowNs, run.timeouts().lease().toNanos())) {
        lose(
            worker,
            "not heard for " + Overdue.seconds(members.silenceSeconds(worker, nowNs)),
            nowNs);
      }
    }
    if (phase != RunPhase.LOADING) {
      for (ReplicaId replica : replicas.expired(nowNs)) {
        if (!hasEnded()) {
          lose(
              replica,
              "not heard for " + Overdue.seconds(replicas.silenceSeconds(replica, nowNs)),
              nowNs);
        }
      }
    }
    overdue
        .reason(phase, nowNs - phaseSinceNs, step, commit)
        .ifPresent(reason -> fail(reason, nowNs));
  }

  /** Goes on without a worker: until the step is committed, others can do its part. */
  private void lose(int worker, String reason, long nowNs) {
    members.lose(worker);
    countWorkers();
    announce.accept(new Event.WorkerLost(worker, reason));
    LOG.warn("run {}: worker {} is lost at step {}: {}", run.runId(), worker, step, reason);
    if (phase == RunPhase.TRAINING && work.onMembers(commit.isCommitted())) {
      planAnew(nowNs);
    }
  }

  /** Goes on without a replica, if its shard has another: all of them have what was committed. */
  private void lose(ReplicaId replica, String reason, long nowNs) {
    boolean wasPrimary = replicas.isPrimary(replica);
    replicas.remove(replica);
    if (!hasState(replicas.of(replica.shard()))) {
      fail(replicas.name(replica) + " is lost, and no other has its state: " + reason, nowNs);
      return;
    }
    LOG.warn("run {}: {} is lost: {}", run.runId(), replicas.name(replica), reason);
    announce.accept(new Event.ReplicaLost(replica, reason));
    boolean writing = wasPrimary && !snapshots.hasPart(replica.shard());
    if (writing && phase != RunPhase.FINISHING) {
      snapshots.abandon();
    }
    if (plans.isEmpty()) {
      return;
    }
    Event.PlanAnnounced plan = plans.current();
    boolean snapshot = plan.finished() ? plan.snapshot() || writing : plan.snapshot() && !writing;
    plans.revise(snapshot, replicas.view());
    if (phase == RunPhase.TRAINING) {
      tryCommit(nowNs);
      completeIfApplied(nowNs);
    } else if (phase == RunPhase.HELD) {
      next(nowNs);
    }
  }

  /** Whether one of some replicas has the state of the step: newcomers have it by its commit. */
  private boolean hasState(List<ReplicaId> ofShard) {
    return plans.isEmpty() || commit.isCommitted()
        ? !ofShard.isEmpty()
        : !plans.current().newcomers().containsAll(ofShard);
  }

  /** Plans the same step once more, for the workers that are there. */
  private void planAnew(long nowNs) {
    plans.revise(plans.current().snapshot(), replicas.view());
    commit.startSumsFrom(plans.current().sumsFrom());
    phaseSinceNs = nowNs;
  }

  /** Tells the state again, for whoever missed it; about once a second. */
  void announceState() {
    announce.accept(new Event.CoordinatorAlive());
    if (hasEnded()) {
      end.repeat();
    } else if (phase != RunPhase.LOADING) {
      announce.accept(new Event.RunOpened(step, loaded.elements()));
      plans.repeat();
      commit.repeat();
    }
  }

  /** What the guard knows after the last step. */
  UpdateGuard.State guardState() {
    return guard.state();
  }

  void fail(String reason, long nowNs) {
    if (!hasEnded()) {
      LOG.warn("run {}: {}", run.runId(), reason);
      end(new Event.RunFailed(reason), nowNs);
    }
  }

  private void end(Event how, long nowNs) {
    enter(RunPhase.ENDED, nowNs);
    PsMetrics.workers(0, 0);
    end.come(how, nowNs);
  }

  private void enter(RunPhase next, long nowNs) {
    phase = next;
    phaseSinceNs = nowNs;
  }

  private void countWorkers() {
    int missing = members.missing().size();
    PsMetrics.workers(run.workers() - missing, missing);
  }
}
