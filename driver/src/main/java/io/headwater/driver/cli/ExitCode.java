package io.headwater.driver.cli;

/** What the process ends with. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;

  /** The command, the configuration or the input is wrong. */
  static final int WRONG_USE = 2;

  /** Stopped in order; resumable. */
  static final int INTERRUPTED = 3;

  private ExitCode() {}
}
