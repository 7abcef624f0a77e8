package io.headwater.ps.server;

import io.headwater.ps.PsMetrics;
import io.headwater.ps.optimizer.GradientNorm;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run as the lead shard sees it: who is there, which step it is, when to keep a checkpoint.
 *
 * <p>A state machine over requests and time, with no threads, clocks or channels of its own. A step
 * is committed when all shards hold its whole gradient and all losses are known: until then a lost
 * worker's part is handed to others, from then on no worker is needed. No step is planned before
 * all shards have applied the one before, so between two plans the whole model stands at one
 * version; that is where a run starts, stops and ends, and where workers come in.
 */
final class CoordinatedRun {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatedRun.class);

  /** The number comes from the network, and sizes the memory for the norms: half a GiB at most. */
  private static final long MAX_ELEMENTS = 1L << 40;

  private enum Phase {
    /** Shards read the checkpoint. */
    LOADING,
    /** Workers join. */
    GATHERING,
    /** A step is being computed. */
    TRAINING,
    /** The next plan is held back until the snapshot before it is written. */
    HELD,
    /** The last weights are out; their snapshot is being written. */
    FINISHING,
    ENDED
  }

  private final RunSpecification run;
  private final List<ShardEndpoint> shards;
  private final Consumer<Event> announce;
  private final Membership members;
  private final Leases leases;
  private final SnapshotLedger snapshots;
  private final BitSet shardsReady = new BitSet();

  private Phase phase = Phase.LOADING;
  private long phaseSinceNs;
  private long endedNs;
  private boolean driverLeft;
  private long elements = -1;
  private long step = -1;
  private StepLedger ledger;
  private double norm = Double.NaN;
  private Event.StepCommitted commit; // null: the step may still be computed anew
  private final TensorLedger tensors = new TensorLedger();
  private Event.TensorTrust trust; // null: not asked for, or not known yet
  private Event.PlanAnnounced plan;
  private Event end;
  private boolean overTold;
  private boolean stopRequested;

  CoordinatedRun(
      RunSpecification run, List<ShardEndpoint> shards, Consumer<Event> announce, long nowNs) {
    this.run = run;
    this.shards = shards;
    this.announce = announce;
    members = new Membership(run.workers());
    leases = new Leases(shards.size(), run.timeouts().lease().toNanos(), nowNs);
    snapshots = new SnapshotLedger(shards.size());
    phaseSinceNs = nowNs;
  }

  boolean hasEnded() {
    return phase == Phase.ENDED;
  }

  /** Whether the run has ended and nobody needs to be told any more. */
  boolean isOver(long nowNs) {
    return hasEnded()
        && ((driverLeft && members.allLeft())
            || nowNs - endedNs > run.timeouts().lease().toNanos());
  }

  Optional<RunOutcome> outcome() {
    if (end instanceof Event.RunFailed failed) {
      return Optional.of(new RunOutcome(run.runId(), step, Optional.of(failed.reason())));
    }
    return hasEnded()
        ? Optional.of(new RunOutcome(run.runId(), step, Optional.empty()))
        : Optional.empty();
  }

  void on(Request request, long nowNs) {
    if (request instanceof Request.Heartbeat m) {
      onHeartbeat(m, nowNs);
    } else if (request instanceof Request.OpenRun) {
      leases.driverHeard(nowNs);
      announceState(nowNs);
    } else if (request instanceof Request.Leave m) {
      onLeave(m, nowNs);
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
    } else if (request instanceof Request.ShardReady m) {
      onShardReady(m, nowNs);
    } else if (request instanceof Request.PartWritten m) {
      onPartWritten(m, nowNs);
    } else if (request instanceof Request.ShardFailed m) {
      onShardFailed(m, nowNs);
    } else if (request instanceof Request.RequestStop) {
      onStop(nowNs);
    }
  }

  private void onHeartbeat(Request.Heartbeat heartbeat, long nowNs) {
    leases.heard(heartbeat.role(), heartbeat.id(), nowNs);
    if (heartbeat.role() == Request.Role.WORKER) {
      members.heard(heartbeat.id(), heartbeat.incarnation(), nowNs);
      if (members.contains(heartbeat.id())) {
        PsMetrics.heartbeat(heartbeat.id());
      }
    }
  }

  private void onLeave(Request.Leave leave, long nowNs) {
    announce.accept(new Event.LeaveHeard(leave.role(), leave.id()));
    LOG.debug("run {}: {} {} leaves", run.runId(), leave.role(), leave.id());
    if (leave.role() == Request.Role.DRIVER) {
      driverLeft = true;
      if (!hasEnded()) {
        fail("the driver has left", nowNs);
      }
    } else if (members.isPresent(leave.id(), leave.incarnation())) {
      if (phase == Phase.GATHERING || phase == Phase.TRAINING || phase == Phase.HELD) {
        lose(leave.id(), "it has left", nowNs);
      } else {
        members.leave(leave.id());
      }
    }
  }

  private void onShardReady(Request.ShardReady ready, long nowNs) {
    if (phase != Phase.LOADING || ready.shard() < 0 || ready.shard() >= shards.size()) {
      return;
    }
    if (ready.elements() < 1 || ready.elements() > MAX_ELEMENTS) {
      fail(
          shards.get(ready.shard())
              + " has loaded "
              + ready.elements()
              + " parameters: must be in [1, "
              + MAX_ELEMENTS
              + "]",
          nowNs);
      return;
    }
    if (!shardsReady.isEmpty() && (ready.elements() != elements || ready.step() != step)) {
      fail(
          shards.get(ready.shard())
              + " has loaded another checkpoint than the others: step "
              + ready.step()
              + " and "
              + ready.elements()
              + " parameters, not step "
              + step
              + " and "
              + elements,
          nowNs);
      return;
    }
    elements = ready.elements();
    step = ready.step();
    shardsReady.set(ready.shard());
    if (shardsReady.cardinality() == shards.size()) {
      ledger =
          new StepLedger(shards.size(), run.training().microBatches(), ChunkSize.blocks(elements));
      snapshots.startFrom(step);
      enter(Phase.GATHERING, nowNs);
      announce.accept(new Event.RunOpened(step, elements));
      LOG.info("run {}: {} shards have loaded step {}", run.runId(), shards.size(), step);
      countWorkers();
    }
  }

  private void onJoin(Request.Join join, long nowNs) {
    if (phase == Phase.LOADING) {
      return; // it will ask again
    }
    if (members.isPresent(join.worker(), join.incarnation())) {
      members.heard(join.worker(), join.incarnation(), nowNs);
      accept(join);
      return;
    }
    Optional<String> refusal = refusal(join);
    if (refusal.isPresent()) {
      announce.accept(
          new Event.JoinRefused(join.worker(), join.incarnation(), refusal.orElseThrow()));
      return;
    }
    if (members.isPresent(join.worker())) {
      lose(join.worker(), "it was started again", nowNs);
    }
    members.join(join.worker(), join.incarnation(), nowNs);
    LOG.info("run {}: worker {} has joined", run.runId(), join.worker());
    countWorkers();
    accept(join);
    if (phase == Phase.GATHERING && members.missing().isEmpty()) {
      next(nowNs);
    } else if (phase == Phase.TRAINING && plan.assignments().isEmpty()) {
      assignAnew(nowNs);
    }
  }

  private Optional<String> refusal(Request.Join join) {
    if (!members.contains(join.worker())) {
      return Optional.of("the run has workers 0 to " + (run.workers() - 1));
    }
    if (join.elements() != elements) {
      return Optional.of(
          "its model has " + join.elements() + " parameters, the checkpoint " + elements);
    }
    if (phase == Phase.FINISHING) {
      return Optional.of("the run has finished");
    }
    if (members.isOutdated(join.worker(), join.incarnation())) {
      return Optional.of("it, or a later start of it, has joined before");
    }
    return Optional.empty();
  }

  private void accept(Request.Join join) {
    announce.accept(new Event.JoinAccepted(join.worker(), join.incarnation(), members.missing()));
    if (plan != null) {
      announce.accept(plan);
    }
  }

  private void onLoss(Request.LossReport report, long nowNs) {
    if (phase == Phase.TRAINING && report.step() == step) {
      ledger.onLoss(report);
      commitStep(nowNs);
    }
  }

  private void onNorms(Request.BlockNorms norms, long nowNs) {
    if (phase == Phase.TRAINING && norms.step() == step) {
      ledger.onNorms(norms);
      commitStep(nowNs);
    }
  }

  private void commitStep(long nowNs) {
    if (commit != null || !ledger.isReady()) {
      return;
    }
    if (ledger.hasNonFiniteLoss()) {
      failNonFinite(nowNs);
      return;
    }
    norm = ledger.norm();
    float limit = run.training().optimizer().gradientClip();
    commit = new Event.StepCommitted(step, limit > 0 ? GradientNorm.clipScale(norm, limit) : 1f);
    announce.accept(commit);
  }

  private void onTensorNorms(Request.TensorNorms norms) {
    if (phase != Phase.TRAINING || commit == null || norms.step() != step || trust != null) {
      return;
    }
    tensors.onNorms(norms);
    if (tensors.isComplete()) {
      trust = new Event.TensorTrust(step, tensors.trust());
      announce.accept(trust);
    }
  }

  private void onApplied(Request.StepApplied applied, long nowNs) {
    if (phase != Phase.TRAINING || commit == null || applied.step() != nextStep()) {
      return;
    }
    ledger.onApplied(applied.shard());
    if (ledger.isApplied()) {
      completeStep(nowNs);
    }
  }

  private void completeStep(long nowNs) {
    announce.accept(
        new Event.StepDone(
            nextStep(),
            ledger.meanLoss(),
            norm,
            run.training().learningRate().at(step),
            ledger.tokens(),
            commit.scale() != 1f));
    step = nextStep();
    next(nowNs);
  }

  private void failNonFinite(long nowNs) {
    fail("step " + step + ": the loss of " + ledger.nonFiniteLosses(), nowNs);
  }

  /** The whole model stands at {@code step}: goes on, or ends. */
  private void next(long nowNs) {
    boolean finished = stopRequested || step >= run.training().steps();
    boolean snapshot = finished ? snapshots.step() != step : isSnapshotAfter(step);
    if (snapshot && !snapshots.isWritten()) {
      enter(Phase.HELD, nowNs);
      return;
    }
    ledger.clear();
    norm = Double.NaN;
    commit = null;
    tensors.clear();
    trust = null;
    if (snapshot) {
      snapshots.ask(finished ? step : nextStep());
    }
    plan =
        new Event.PlanAnnounced(
            step,
            0,
            finished,
            snapshot,
            run.training().microBatches(),
            run.training().localSteps(),
            members.assign(run.training().microBatches()));
    announce.accept(plan);
    enter(finished ? Phase.FINISHING : Phase.TRAINING, nowNs);
    finishIfWritten(nowNs);
  }

  /** Step of the weights once this one is applied. */
  private long nextStep() {
    return step + run.training().localSteps();
  }

  private boolean isSnapshotAfter(long current) {
    long every = run.checkpoints().everySteps();
    // The last step's snapshot comes with the plan that finishes the run.
    return every > 0
        && nextStep() / every > current / every
        && nextStep() != run.training().steps();
  }

  private void onPartWritten(Request.PartWritten part, long nowNs) {
    if (snapshots.onPart(part.shard(), part.step())) {
      announce.accept(new Event.SnapshotPart(part.step(), part.shard()));
    }
    if (phase == Phase.HELD && snapshots.isWritten()) {
      next(nowNs);
    }
    finishIfWritten(nowNs);
  }

  private void finishIfWritten(long nowNs) {
    if (phase == Phase.FINISHING && snapshots.isWritten()) {
      LOG.info("run {}: finished at step {}", run.runId(), step);
      end(new Event.RunFinished(step), nowNs);
    }
  }

  private void onStop(long nowNs) {
    stopRequested = true;
    if (phase == Phase.LOADING || phase == Phase.GATHERING) {
      end(new Event.RunFinished(Math.max(step, 0)), nowNs);
    }
  }

  private void onShardFailed(Request.ShardFailed failed, long nowNs) {
    boolean known = failed.shard() >= 0 && failed.shard() < shards.size();
    String who = known ? shards.get(failed.shard()).toString() : "shard " + failed.shard();
    String losses = ledger == null ? "" : ledger.nonFiniteLosses();
    fail(who + ": " + failed.reason() + (losses.isEmpty() ? "" : "; the loss of " + losses), nowNs);
  }

  /** To be called often: sees to leases and timeouts. */
  void tick(long nowNs) {
    if (hasEnded()) {
      if (!overTold && isOver(nowNs)) {
        overTold = true;
        announce.accept(new Event.RunOver());
      }
      return;
    }
    long away = leases.lookAgain(nowNs);
    if (away > 0) {
      members.renewAll(nowNs);
      phaseSinceNs += away;
    }
    if (phase != Phase.FINISHING) {
      for (int worker : members.expired(nowNs, run.timeouts().lease().toNanos())) {
        lose(worker, "not heard for " + seconds(members.silenceSeconds(worker, nowNs)), nowNs);
      }
    }
    OptionalInt lost = phase == Phase.LOADING ? OptionalInt.empty() : leases.lostShard(nowNs);
    if (lost.isPresent()) {
      int shard = lost.getAsInt();
      String silence = seconds(leases.shardSilenceSeconds(shard, nowNs));
      fail(shards.get(shard) + " was not heard for " + silence, nowNs);
    } else if (leases.isDriverLost(nowNs)) {
      String silence = seconds(leases.driverSilenceSeconds(nowNs));
      fail("the driver was not heard for " + silence, nowNs);
    }
    checkPhase(nowNs);
  }

  private void checkPhase(long nowNs) {
    long waited = nowNs - phaseSinceNs;
    RunSpecification.Timeouts timeouts = run.timeouts();
    switch (phase) {
      case LOADING -> {
        if (waited > timeouts.start().toNanos()) {
          fail("shards " + missingShards() + " have not loaded" + after(waited), nowNs);
        }
      }
      case GATHERING -> {
        if (waited > timeouts.start().toNanos()) {
          fail("workers " + members.missing() + " have not joined" + after(waited), nowNs);
        }
      }
      case TRAINING -> {
        boolean orphaned = plan.assignments().isEmpty();
        if (orphaned && waited > timeouts.start().toNanos()) {
          fail("step " + step + ": all workers are lost, and none has come" + after(waited), nowNs);
        } else if (!orphaned && waited > timeouts.step().toNanos()) {
          fail("step " + step + " still lacks " + ledger.missing() + after(waited), nowNs);
        }
      }
      case HELD, FINISHING -> {
        if (waited > timeouts.snapshot().toNanos()) {
          fail(
              "shards "
                  + snapshots.missing()
                  + " have not written snapshot "
                  + snapshots.step()
                  + after(waited),
              nowNs);
        }
      }
      case ENDED -> {}
    }
  }

  /** Goes on without a worker: until the step is committed, others can do its part. */
  private void lose(int worker, String reason, long nowNs) {
    members.lose(worker);
    countWorkers();
    announce.accept(new Event.WorkerLost(worker, reason));
    LOG.warn("run {}: worker {} is lost at step {}: {}", run.runId(), worker, step, reason);
    if (phase == Phase.TRAINING && commit == null) {
      assignAnew(nowNs);
    }
  }

  /** Plans the same step once more, for the workers that are there. */
  private void assignAnew(long nowNs) {
    plan =
        new Event.PlanAnnounced(
            plan.step(),
            plan.revision() + 1,
            false,
            plan.snapshot(),
            plan.microBatches(),
            plan.localSteps(),
            plan.assignments().isEmpty()
                ? members.assign(plan.microBatches())
                : members.handOn(plan.assignments()));
    announce.accept(plan);
    phaseSinceNs = nowNs;
  }

  /** Tells the state again, for whoever missed it; about once a second. */
  void announceState(long nowNs) {
    announce.accept(new Event.LeadAlive(missingShards()));
    if (hasEnded()) {
      announce.accept(end);
      if (isOver(nowNs)) {
        announce.accept(new Event.RunOver());
      }
      return;
    }
    if (phase == Phase.LOADING) {
      return;
    }
    announce.accept(new Event.RunOpened(step, elements));
    if (plan != null) {
      announce.accept(plan);
    }
    if (commit != null) {
      announce.accept(commit);
    }
    if (trust != null) {
      announce.accept(trust);
    }
  }

  private List<Integer> missingShards() {
    List<Integer> missing = new ArrayList<>();
    for (int shard = 0; shard < shards.size(); shard++) {
      if (!shardsReady.get(shard)) {
        missing.add(shard);
      }
    }
    return missing;
  }

  void fail(String reason, long nowNs) {
    if (!hasEnded()) {
      LOG.warn("run {}: {}", run.runId(), reason);
      end(new Event.RunFailed(reason), nowNs);
    }
  }

  private void end(Event how, long nowNs) {
    end = how;
    endedNs = nowNs;
    enter(Phase.ENDED, nowNs);
    PsMetrics.workers(0, 0);
    announce.accept(how);
  }

  private void enter(Phase next, long nowNs) {
    phase = next;
    phaseSinceNs = nowNs;
  }

  private void countWorkers() {
    int missing = members.missing().size();
    PsMetrics.workers(run.workers() - missing, missing);
  }

  private static String after(long waitedNs) {
    return " after " + seconds(waitedNs * 1e-9);
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f s", seconds);
  }
}
