package io.headwater.ps.coordinator;

import io.headwater.ps.PsMetrics;
import io.headwater.ps.optimizer.UpdateGuard;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.Event.WorkerLost.Cause;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
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
final class CoordinatedRun implements StepCycle.Consequences {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatedRun.class);

  private final RunSpecification run;
  private final Consumer<Event> announce;
  private final Membership members;
  private final Replicas replicas;
  private final LoadedModel loaded = new LoadedModel();
  private final RunProgress progress;
  private final StepCycle steps;
  private final Plans plans;
  private final RunEnd end;

  CoordinatedRun(
      RunSpecification run,
      List<ShardEndpoint> endpoints,
      Predicate<ShardEndpoint> reachable,
      UpdateGuard.State guardState,
      Consumer<Event> announce,
      long nowNs) {
    this.run = run;
    this.announce = announce;
    members = new Membership(run.workers());
    replicas = new Replicas(endpoints, run.timeouts().lease().toNanos(), nowNs);
    progress = new RunProgress(nowNs);
    steps = new StepCycle(run, progress, members, replicas, reachable, guardState, announce, this);
    plans = steps.plans();
    end = new RunEnd(members, replicas, plans, run.timeouts().lease().toNanos(), announce);
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
      steps.onLoss(m, nowNs);
    } else if (request instanceof Request.BlockNorms m) {
      steps.onNorms(m, nowNs);
    } else if (request instanceof Request.TensorNorms m) {
      steps.onTensorNorms(m);
    } else if (request instanceof Request.StepApplied m) {
      steps.onApplied(m, nowNs);
    } else if (request instanceof Request.Join m) {
      onJoin(m, nowNs);
    } else if (request instanceof Request.ReplicaReady m) {
      onReady(m, nowNs);
    } else if (request instanceof Request.PartWritten m) {
      steps.onPartWritten(m, nowNs);
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
      if (progress.is(RunPhase.GATHERING)
          || progress.is(RunPhase.TRAINING)
          || progress.is(RunPhase.HELD)) {
        lose(leave.worker(), Cause.LEFT, "it has left", nowNs);
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
    Optional<String> objection = loaded.objection(ready, progress.is(RunPhase.LOADING));
    if (objection.isPresent()) {
      fail(replicas.name(replica) + " " + objection.orElseThrow(), nowNs);
      return;
    }
    Optional<ReplicaId> before = replicas.atPlaceOf(replica);
    if (progress.is(RunPhase.LOADING)) {
      before.ifPresent(replicas::remove);
      progress.moveTo(loaded.step());
      replicas.join(replica, nowNs);
      openIfLoaded(nowNs);
      return;
    }
    before.ifPresent(old -> lose(old, "it was started again", nowNs));
    if (hasEnded()) {
      return;
    }
    if (progress.is(RunPhase.GATHERING)) {
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
    steps.open(loaded.elements());
    progress.enter(RunPhase.GATHERING, nowNs);
    announce.accept(new Event.RunOpened(progress.step(), loaded.elements()));
    LOG.info(
        "run {}: {} have loaded step {}", run.runId(), replicas.view().size(), progress.step());
    countWorkers(nowNs);
  }

  private void onJoin(Request.Join join, long nowNs) {
    if (progress.is(RunPhase.LOADING)) {
      return; // it will ask again
    }
    if (members.isPresent(join.worker(), join.incarnation())) {
      members.heard(join.worker(), join.incarnation(), nowNs);
      accept(join);
      return;
    }
    if (progress.is(RunPhase.FINISHING)) {
      return; // it will hear that the run has ended
    }
    Optional<String> refusal = members.refusal(join, loaded.elements());
    if (refusal.isPresent()) {
      announce.accept(
          new Event.JoinRefused(join.worker(), join.incarnation(), refusal.orElseThrow()));
      return;
    }
    if (members.isPresent(join.worker())) {
      lose(join.worker(), Cause.REPLACED, "it was started again", nowNs);
    }
    members.join(join.worker(), join.incarnation(), nowNs);
    steps.onJoin(join.worker(), nowNs);
    LOG.info("run {}: worker {} has joined", run.runId(), join.worker());
    countWorkers(nowNs);
    accept(join);
    if (progress.is(RunPhase.GATHERING) && members.missing().isEmpty()) {
      steps.next(nowNs);
    } else {
      steps.onMembers(nowNs);
    }
  }

  private void accept(Request.Join join) {
    announce.accept(
        new Event.JoinAccepted(
            join.worker(), join.incarnation(), run.training().codecs(), members.missing()));
    plans.repeat();
  }

  /** Finishes the current step, keeps a snapshot and ends. */
  void stop(long nowNs) {
    steps.requestStop();
    if (progress.is(RunPhase.LOADING) || progress.is(RunPhase.GATHERING)) {
      finish(nowNs);
    }
  }

  @Override
  public void finish(long nowNs) {
    end(new Event.RunFinished(Math.max(progress.step(), 0)), nowNs);
  }

  private void onReplicaFailed(Request.ReplicaFailed failed, long nowNs) {
    String losses = steps.nonFiniteLosses();
    String who = replicas.name(failed.replica());
    fail(who + ": " + failed.reason() + (losses.isEmpty() ? "" : "; the loss of " + losses), nowNs);
  }

  /** To be called often: sees to leases and timeouts. */
  void tick(long nowNs) {
    long away = replicas.lookAgain(nowNs);
    if (away > 0) {
      members.renewAll(nowNs);
      progress.forgive(away);
    }
    if (hasEnded()) {
      end.tick(nowNs);
      return;
    }
    if (!progress.is(RunPhase.FINISHING)) {
      for (int worker : members.expired(nowNs, run.timeouts().lease().toNanos())) {
        lose(
            worker,
            Cause.SILENT,
            "not heard for " + Overdue.seconds(members.silenceSeconds(worker, nowNs)),
            nowNs);
      }
    }
    if (!progress.is(RunPhase.LOADING)) {
      for (ReplicaId replica : replicas.expired(nowNs)) {
        if (!hasEnded()) {
          lose(
              replica,
              "not heard for " + Overdue.seconds(replicas.silenceSeconds(replica, nowNs)),
              nowNs);
        }
      }
    }
    steps.overdue(nowNs).ifPresent(reason -> fail(reason, nowNs));
  }

  /** Goes on without a worker: until the step is committed, others can do its part. */
  private void lose(int worker, Cause cause, String reason, long nowNs) {
    members.lose(worker);
    countWorkers(nowNs);
    announce.accept(new Event.WorkerLost(worker, cause, reason));
    LOG.warn(
        "run {}: worker {} is lost at step {}: {}", run.runId(), worker, progress.step(), reason);
    steps.onMembers(nowNs);
  }

  /** Goes on without a replica, if its shard has another. */
  @Override
  public void lose(ReplicaId replica, String reason, long nowNs) {
    boolean wasPrimary = replicas.isPrimary(replica);
    replicas.remove(replica);
    if (!steps.hasState(replica.shard())) {
      fail(replicas.name(replica) + " is lost, and no other has its state: " + reason, nowNs);
      return;
    }
    LOG.warn("run {}: {} is lost: {}", run.runId(), replicas.name(replica), reason);
    announce.accept(new Event.ReplicaLost(replica, reason));
    steps.onLost(replica, wasPrimary, nowNs);
  }

  /** Tells the state again, for whoever missed it, and who is there; about once a second. */
  void announceState(long nowNs) {
    announce.accept(new Event.CoordinatorAlive());
    if (hasEnded()) {
      end.repeat();
      return;
    }
    countWorkers(nowNs);
    if (!progress.is(RunPhase.LOADING)) {
      announce.accept(new Event.RunOpened(progress.step(), loaded.elements()));
      steps.repeat();
    }
  }

  /** What the guard knows after the last step. */
  UpdateGuard.State guardState() {
    return steps.guardState();
  }

  /** What the last step was like; to be asked when it is done. */
  StepFigures figures() {
    return steps.figures();
  }

  @Override
  public void fail(String reason, long nowNs) {
    if (!hasEnded()) {
      LOG.warn("run {}: {}", run.runId(), reason);
      end(new Event.RunFailed(reason), nowNs);
    }
  }

  private void end(Event how, long nowNs) {
    progress.enter(RunPhase.ENDED, nowNs);
    PsMetrics.workers(0, 0, 0, 0);
    if (how instanceof Event.RunFailed && !steps.nonFiniteLosses().isEmpty()) {
      PsMetrics.nonFiniteStep();
    }
    end.come(how, nowNs);
  }

  private void countWorkers(long nowNs) {
    int missing = members.missing().size();
    int lost = members.lost();
    int suspect = members.silent(nowNs, run.timeouts().lease().toNanos() / 2);
    PsMetrics.workers(run.workers() - missing - suspect, suspect, missing - lost, lost);
  }
}
