package io.headwater.driver.run;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Progress as log lines, where all of standard error is log lines. */
final class ProgressEvents implements Progress {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressEvents.class);
  private static final long PAUSE_NANOS = Duration.ofSeconds(10).toNanos();

  private String what = "";
  private long total;
  private long shown;

  @Override
  public synchronized void begin(String newWhat, long newTotal, long done) {
    what = newWhat;
    total = newTotal;
    shown = System.nanoTime();
  }

  @Override
  public synchronized void update(long done, String note) {
    long now = System.nanoTime();
    if (now - shown >= PAUSE_NANOS || done >= total) {
      shown = now;
      LOG.info("{} {}/{}  {}", what, done, total, note);
    }
  }

  @Override
  public void say(String line) {
    LOG.info(line);
  }

  @Override
  public void close() {}
}
