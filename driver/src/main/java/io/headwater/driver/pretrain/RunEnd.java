package io.headwater.driver.pretrain;

import io.headwater.driver.run.RunFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How a run's training ends: the first that says so decides. Safe for use by several threads. */
final class RunEnd {
  private final CompletableFuture<Long> end = new CompletableFuture<>();
  private volatile RuntimeException commitFailure;

  /** The parameter server ended the run in order. */
  void finished(long step) {
    end.complete(step);
  }

  /** The parameter server gave up. */
  void failed(String reason) {
    end.completeExceptionally(new RunFailure(reason));
  }

  /** A checkpoint cannot be committed; later ones would not either. */
  void failed(RuntimeException commit) {
    commitFailure = commit;
    end.completeExceptionally(commit);
  }

  /**
   * The workers' Spark job is over.
   *
   * @param failure why it failed; null if it did not
   */
  void workersEnded(Throwable failure) {
    if (failure != null) {
      end.completeExceptionally(failure);
    }
  }

  void get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    end.get(timeout, unit);
  }

  /** A commit may fail after the last step. */
  void checkCommitted() {
    if (commitFailure != null) {
      throw new RunFailure(commitFailure.getMessage(), commitFailure);
    }
  }
}
