package io.headwater.ps.coordinator;

import io.headwater.ps.optimizer.GradientNorm;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunSpecification;
import java.util.List;
import java.util.function.Consumer;

/**
 * One step after the other on its way from the plan to the update. It is committed when all
 * replicas hold its whole gradient and all losses are known; it is done when all have applied it.
 */
final class StepCommit {
  private final RunSpecification.Training training;
  private final StepLedger ledger;
  private final TensorLedger tensors = new TensorLedger();
  private final Consumer<Event> announce;
  private long step;
  private double norm;
  private Event.StepCommitted commit; // null: the step may still be computed anew
  private Event.TensorTrust trust; // null: not asked for, or not known yet

  /**
   * @param blocksOfShard number of norm blocks of each shard
   */
  StepCommit(RunSpecification.Training training, int[] blocksOfShard, Consumer<Event> announce) {
    this.training = training;
    this.announce = announce;
    ledger = new StepLedger(training.microBatches(), blocksOfShard);
  }

  /** Begins with the step from the weights of {@code newStep} on. */
  void open(long newStep) {
    step = newStep;
    ledger.clear();
    tensors.clear();
    norm = Double.NaN;
    commit = null;
    trust = null;
  }

  boolean isCommitted() {
    return commit != null;
  }

  void onLoss(Request.LossReport report) {
    if (report.step() == step) {
      ledger.onLoss(report);
    }
  }

  /** Takes norms in; returns whether they are those of the other replicas of the shard. */
  boolean onNorms(Request.BlockNorms norms) {
    return norms.step() != step || ledger.onNorms(norms);
  }

  /** Commits the step if nothing is missing and all losses are finite. */
  void tryCommit(List<ReplicaId> replicas) {
    if (commit == null && ledger.isReady(replicas) && !ledger.hasNonFiniteLoss()) {
      norm = ledger.norm();
      float limit = training.optimizer().gradientClip();
      commit = new Event.StepCommitted(step, limit > 0 ? GradientNorm.clipScale(norm, limit) : 1f);
      announce.accept(commit);
    }
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
      ledger.onApplied(applied.replica());
    }
  }

  boolean isApplied(List<ReplicaId> replicas) {
    return commit != null && ledger.isApplied(replicas);
  }

  /** What a complete step was like. */
  Event.StepDone done() {
    return new Event.StepDone(
        step + training.localSteps(),
        ledger.meanLoss(),
        norm,
        training.learningRate().at(step),
        ledger.tokens(),
        commit.scale() != 1f);
  }

  boolean hasNonFiniteLoss() {
    return ledger.hasNonFiniteLoss();
  }

  /** Names the micro-batches with losses that are not finite; empty if there is none. */
  String nonFiniteLosses() {
    return ledger.nonFiniteLosses();
  }

  /** What a step that takes too long still waits for. */
  String missing(List<ReplicaId> replicas) {
    return ledger.missing(replicas);
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
