package io.headwater.driver.run;

import java.time.Duration;
import java.util.Locale;

/**
 * Plain lines with rate and time left: at most one in five seconds, and the last. What is over
 * before has none, so that the error of what fails at once stands alone.
 */
final class ProgressLines implements Progress {
  private static final long PAUSE_NANOS = Duration.ofSeconds(5).toNanos();

  private String what = "";
  private long total;
  private long doneBefore;
  private long begin;
  private long shown;

  @Override
  public synchronized void begin(String newWhat, long newTotal, long done) {
    what = newWhat;
    total = newTotal;
    doneBefore = done;
    begin = System.nanoTime();
    shown = begin;
  }

  @Override
  public synchronized void update(long done, String note) {
    long now = System.nanoTime();
    boolean last = done >= total && shown > begin;
    if (now - shown < PAUSE_NANOS && !last) {
      return;
    }
    shown = now;
    double seconds = (now - begin) * 1e-9;
    double rate = (done - doneBefore) / Math.max(seconds, 1e-9);
    System.err.printf(
        Locale.ROOT,
        "%s %d/%d  %.1f/s  %s left  %s%n",
        what,
        done,
        total,
        rate,
        rate > 0 ? duration((total - done) / rate) : "?",
        note);
  }

  @Override
  public void say(String line) {
    System.err.println(line);
  }

  @Override
  public void close() {}

  private static String duration(double seconds) {
    long whole = Math.round(seconds);
    return whole < 60
        ? whole + "s"
        : whole < 3600
            ? "%dm%02ds".formatted(whole / 60, whole % 60)
            : "%dh%02dm".formatted(whole / 3600, whole % 3600 / 60);
  }
}
