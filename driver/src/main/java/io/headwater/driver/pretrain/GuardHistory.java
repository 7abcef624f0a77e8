package io.headwater.driver.pretrain;

import io.headwater.ps.coordinator.StepCompleted;
import io.headwater.ps.optimizer.UpdateGuard;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What the guard of updates knew after the steps whose checkpoints are still to be committed, so
 * that a resumed run refuses what this one would have refused.
 */
final class GuardHistory {
  private final NavigableMap<Long, UpdateGuard.State> kept = new ConcurrentSkipListMap<>();
  private StepCompleted last; // null before the first

  GuardHistory(long step, UpdateGuard.State start) {
    kept.put(step, start);
  }

  /** Remembers a step that a checkpoint is written of, and the last one, which may be. */
  void stepCompleted(StepCompleted step) {
    kept.put(step.step(), step.guard());
    if (last != null && !last.kept()) {
      kept.remove(last.step());
    }
    last = step;
  }

  /** After a step whose checkpoint is being committed; earlier ones are forgotten. */
  UpdateGuard.State at(long step) {
    kept.headMap(step).clear();
    return kept.get(step);
  }
}
