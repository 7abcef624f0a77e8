package io.headwater.ps.coordinator;

import io.headwater.ps.protocol.Event.Assignment;
import io.headwater.ps.protocol.Event.Task;
import io.headwater.ps.protocol.Request.LossReport;
import io.headwater.ps.protocol.RunSpecification;
import java.util.List;

/** Who computes what, and whose gradients the current step is made of. */
sealed interface WorkSharing permits SharedBatches, OwnBatches {
  /** What {@code training} asks for, among {@code members}. */
  static WorkSharing of(RunSpecification.Training training, Membership members) {
    return training.isAsynchronous()
        ? new OwnBatches(training, members)
        : new SharedBatches(training, members);
  }

  /** Begins with a step; what was computed for the one before is done. */
  void open(long step);

  /** Takes a report in; returns whether the plan has changed by it. */
  boolean onLoss(LossReport report);

  /**
   * Workers have come or gone.
   *
   * @param committed whether the gradients of the step are out of their hands
   * @return whether the plan has changed
   */
  boolean onMembers(boolean committed);

  /** Whose gradients the step is made of; empty while that is open. */
  List<Assignment> assignments();

  /** What each worker computes on its own; empty if they share every batch. */
  List<Task> tasks();

  /**
   * Whether what was pushed under another plan of the same step, with these assignments, is void
   * now.
   */
  boolean startsAnew(List<Assignment> before);

  /** Whether there is nobody to compute anything. */
  boolean isOrphaned();

  /** What is known of the step's batch. */
  LossLedger losses();
}
