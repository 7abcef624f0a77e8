package io.headwater.driver.run;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.logging.log4j.core.ErrorHandler;
import org.apache.logging.log4j.core.LogEvent;

/**
 * Says once, on standard error, that a log file cannot be written; a full disk would otherwise fill
 * the terminal, too.
 */
final class LogFileErrors implements ErrorHandler {
  private final Path file;
  private final AtomicBoolean said = new AtomicBoolean();

  LogFileErrors(Path file) {
    this.file = file;
  }

  @Override
  public void error(String message) {
    say(message);
  }

  @Override
  public void error(String message, Throwable cause) {
    Throwable reason = cause.getCause() == null ? cause : cause.getCause();
    say(reason.getMessage());
  }

  @Override
  public void error(String message, LogEvent event, Throwable cause) {
    error(message, cause);
  }

  private void say(String reason) {
    if (!said.getAndSet(true)) {
      System.err.println("Cannot write " + file + ": " + reason);
    }
  }
}
