package io.headwater.worker;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * Lets the workers of a process that was told to end leave their runs: each finishes the step that
 * it is at, so that the others need not do its share again, and says goodbye, so that they need not
 * wait for its lease. For any threads.
 */
public final class Departure {
  private int present;
  private boolean asked;

  /** A worker is about to join. */
  synchronized void arrive() {
    present++;
  }

  /** A worker has said goodbye, or failed. */
  synchronized void leave() {
    present--;
    notifyAll();
  }

  /**
   * Between two steps: goes on, or ends the worker.
   *
   * @throws CancellationException if the process was told to end
   */
  synchronized void check(int worker, long step) {
    if (asked) {
      throw new CancellationException(
          "Worker " + worker + " leaves at step " + step + ": its process was told to end");
    }
  }

  /**
   * Asks all workers to leave at the end of their step.
   *
   * @return whether they have, within the time
   */
  public synchronized boolean askAndAwait(Duration atMost) throws InterruptedException {
    asked = true;
    long end = System.nanoTime() + atMost.toNanos();
    for (long left = atMost.toNanos(); present > 0 && left > 0; left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return present == 0;
  }
}
