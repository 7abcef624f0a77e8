package io.headwater.ps.coordinator;

import io.headwater.ps.PsMetrics;
import io.headwater.ps.optimizer.GradientNorm;
import io.headwater.ps.optimizer.UpdateGuard;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunSpecification;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One step after the other on its way from the plan to the update. It is committed when all
 * replicas hold its whole gradient and all losses are known; it is done when all have applied it.
 */
final class StepCommit {
  private static final Logger LOG = LoggerFactory.getLogger(StepCommit.class);
  private static final int MOST_REFUSED_IN_ROW = 10;

  private final RunSpecification.Training training;
  private final WorkSharing work;
  private final UpdateGuard guard;
  private final StepLedger ledger;
  private final TensorLedger tensors = new TensorLedger();
  private final Consumer<Event> announce;
  private long step;
  private int sumsFrom; // revision of the plan
  private double norm;
  private Event.StepCommitted commit; // null: the step may still be computed anew
  private Event.TensorTrust trust; // null: not asked for, or not known yet

  /**
   * @param blocksOfShard number of norm blocks of each shard
   */
  StepCommit(
      RunSpecification.Training training,
      WorkSharing work,
      UpdateGuard guard,
      int[] blocksOfShard,
      Consumer<Event> announce) {
    this.training = training;
    this.work = work;
    this.guard = guard;
    this.announce = announce;
    ledger = new StepLedger(blocksOfShard);
  }

  /** Begins with the step from the weights of {@code newStep} on. */
  void open(long newStep) {
    step = newStep;
    sumsFrom = 0;
    ledger.clear();
    tensors.clear();
    norm = Double.NaN;
    commit = null;
    trust = null;
  }

  boolean isCommitted() {
    return commit != null;
  }

  /** Forgets norms of sums that replicas start anew by the plan's revision {@code from}. */
  void startSumsFrom(int from) {
    if (from > sumsFrom) {
      sumsFrom = from;
      ledger.clearNorms();
    }
  }

  /** Takes norms in; returns whether they are those of the other replicas of the shard. */
  boolean onNorms(Request.BlockNorms norms) {
    return norms.step() != step || norms.sumsFrom() != sumsFrom || ledger.onNorms(norms);
  }

  /** Takes a replica's norms for those of its shard, whatever the others have said. */
  void onNormsOfAuthority(Request.BlockNorms norms) {
    ledger.clearNorms(norms.replica().shard());
    ledger.onNorms(norms);
  }

  /** Commits the step if nothing is missing and, unless there is a guard, all losses are finite. */
  void tryCommit(List<ReplicaId> replicas) {
    if (commit == null && ledger.isReady(replicas) && work.losses().isComplete() && isAllowed()) {
      norm = ledger.norm();
      boolean refused = training.guard() > 0 && isRefused();
      float limit = training.optimizer().gradientClip();
      float scale = limit > 0 && !refused ? GradientNorm.clipScale(norm, limit) : 1f;
      commit = new Event.StepCommitted(step, refused, scale);
      announce.accept(commit);
    }
  }

  private boolean isAllowed() {
    return training.guard() > 0 || !hasNonFiniteLoss();
  }

  private boolean isRefused() {
    double average = guard.state().average();
    UpdateGuard.Verdict verdict = guard.judge(hasNonFiniteLoss() ? Double.NaN : norm);
    if (verdict == UpdateGuard.Verdict.ACCEPTED) {
      return false;
    }
    PsMetrics.refusedUpdate(verdict.name().toLowerCase(Locale.ROOT));
    if (verdict == UpdateGuard.Verdict.NOT_FINITE) {
      PsMetrics.nonFiniteStep();
    }
    LOG.warn(
        "step {} is refused: the gradient has norm {}, the average is {}; most of it comes from {}",
        step,
        norm,
        average,
        work.losses().largest());
    return true;
  }

  /** Why the run cannot go on with so many updates refused; empty if it can. */
  Optional<String> objection() {
    int refused = guard.state().refusedInRow();
    return refused < MOST_REFUSED_IN_ROW
        ? Optional.empty()
        : Optional.of(
            refused
                + " updates in a row were refused, the last one because of "
                + work.losses().largest());
  }

  void onTensorNorms(Request.TensorNorms norms) {
    if (commit == null || norms.step() != step || trust != null) {
      return;
    }
    tensors.onNorms(norms);
    if (tensors.isComplete()) {
      trust = new Event.TensorTrust(step, tensors.trust());
      announce.accept(trust);
    }
  }

  void onApplied(Request.StepApplied applied) {
    if (commit != null && applied.step() == step + training.localSteps()) {
      ledger.onApplied(applied);
    }
  }

  boolean isApplied(List<ReplicaId> replicas) {
    return commit != null && ledger.isApplied(replicas);
  }

  /** What a complete step was like. */
  Event.StepDone done() {
    return new Event.StepDone(
        step + training.localSteps(),
        work.losses().meanLoss(),
        norm,
        training.learningRate().at(step),
        work.losses().tokens(),
        commit.scale() != 1f,
        commit.refused());
  }

  /** What else a complete step was like. */
  StepFigures figures() {
    LossLedger losses = work.losses();
    return new StepFigures(
        losses.meanLosses(),
        losses.flops(),
        training.isAsynchronous() ? 0 : losses.dataSecondsOfLast(),
        Math.sqrt(ledger.weightSquares()),
        Math.sqrt(ledger.updateSquares()));
  }

  boolean hasNonFiniteLoss() {
    return work.losses().hasNonFinite();
  }

  /** Names the micro-batches with losses that are not finite; empty if there is none. */
  String nonFiniteLosses() {
    return work.losses().nonFinite();
  }

  /** What a step that takes too long still waits for. */
  String missing(List<ReplicaId> replicas) {
    return ledger.missing(replicas, work.losses());
  }

  /** Tells again what was decided. */
  void repeat() {
    if (commit != null) {
      announce.accept(commit);
    }
    if (trust != null) {
      announce.accept(trust);
    }
  }
}
