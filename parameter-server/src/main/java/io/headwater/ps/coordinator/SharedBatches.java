package io.headwater.ps.coordinator;

import io.headwater.ps.protocol.Event.Assignment;
import io.headwater.ps.protocol.Event.Task;
import io.headwater.ps.protocol.Request.LossReport;
import io.headwater.ps.protocol.RunSpecification;
import java.util.List;

/** All workers keep step: each computes some micro-batches of the step's batch. */
final class SharedBatches implements WorkSharing {
  private final int microBatches;
  private final Membership members;
  private final LossLedger losses;
  private List<Assignment> assignments = List.of();
  private long step;

  SharedBatches(RunSpecification.Training training, Membership members) {
    microBatches = training.microBatches();
    this.members = members;
    losses = new LossLedger(microBatches);
  }

  @Override
  public void open(long newStep) {
    step = newStep;
    losses.clear();
    assignments = members.assign(microBatches);
  }

  @Override
  public boolean onLoss(LossReport report) {
    if (report.step() == step) {
      losses.onLoss(report);
    }
    return false;
  }

  @Override
  public boolean onMembers(boolean committed) {
    if (committed) {
      return false;
    }
    List<Assignment> before = assignments;
    assignments = before.isEmpty() ? members.assign(microBatches) : members.handOn(before);
    return !assignments.equals(before);
  }

  @Override
  public List<Assignment> assignments() {
    return assignments;
  }

  @Override
  public List<Task> tasks() {
    return List.of();
  }

  @Override
  public boolean startsAnew(List<Assignment> before) {
    return false; // the same micro-batch has the same gradient, whoever computes it
  }

  @Override
  public boolean isOrphaned() {
    return assignments.isEmpty();
  }

  @Override
  public LossLedger losses() {
    return losses;
  }
}
