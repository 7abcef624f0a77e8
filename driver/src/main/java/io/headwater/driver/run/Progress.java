package io.headwater.driver.run;

import io.headwater.driver.log.LogFormat;

/** Shows how far long work is, on standard error. */
public interface Progress extends AutoCloseable {
  /**
   * Work has begun, or the next part of it.
   *
   * @param what one or two words
   * @param total units of work
   * @param done units done before, by a run that is resumed
   */
  void begin(String what, long total, long done);

  /** {@code done} of the total are done; {@code note} says the latest figures. */
  void update(long done, String note);

  /** Something worth a line of its own. */
  void say(String line);

  @Override
  void close();

  /** Shows nothing. */
  static Progress none() {
    return new Progress() {
      @Override
      public void begin(String what, long total, long done) {}

      @Override
      public void update(long done, String note) {}

      @Override
      public void say(String line) {}

      @Override
      public void close() {}
    };
  }

  /** A bar where standard error is a terminal, lines otherwise, log lines where those are JSON. */
  static Progress onStandardError() {
    if (LogFormat.current() == LogFormat.JSON) {
      return new ProgressEvents();
    }
    return Boolean.getBoolean("headwater.terminal") ? new ProgressBars() : new ProgressLines();
  }
}
