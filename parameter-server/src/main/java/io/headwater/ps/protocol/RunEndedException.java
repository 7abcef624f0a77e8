package io.headwater.ps.protocol;

/** The run ended without this worker, which came too late for its last step. */
public final class RunEndedException extends RunFailedException {
  public RunEndedException(String reason) {
    super(reason);
  }
}
