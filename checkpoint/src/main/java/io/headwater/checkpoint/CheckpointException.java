package io.headwater.checkpoint;

/**
 * Storage failed while a checkpoint was read or written: a full disk, a lost connection, missing
 * rights. What the user can mend is a {@link UserException} instead.
 */
public final class CheckpointException extends RuntimeException {
  public CheckpointException(String message) {
    super(message);
  }

  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
