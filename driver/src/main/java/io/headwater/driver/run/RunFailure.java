package io.headwater.driver.run;

/** The run failed, though what the user asked for was right; the message is one line. */
public final class RunFailure extends RuntimeException {
  public RunFailure(String message) {
    super(message);
  }

  public RunFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
