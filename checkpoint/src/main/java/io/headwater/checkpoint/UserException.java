package io.headwater.checkpoint;

/**
 * The command, the configuration or the input is wrong: the user can mend it.
 *
 * <p>The message is the one line that the command line shows before it exits with code 2: {@code
 * Cannot <do> <what>: <why, with the value>}, and what would be valid.
 */
public final class UserException extends RuntimeException {
  public UserException(String message) {
    super(message);
  }

  public UserException(String message, Throwable cause) {
    super(message, cause);
  }
}
