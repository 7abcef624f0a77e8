package io.headwater.driver.run;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Plain lines with rate and time left: at most one in five seconds, and the last. What is over
 * before has none, so that the error of what fails at once stands alone.
 */
final class ProgressLines implements Progress {
  private static final long PAUSE_NANOS = Duration.ofSeconds(5).toNanos();

  private final PrintStream out;
  private final LongSupplier clock; // nanoseconds
  private String what = "";
  private long total;
  private long doneBefore;
  private long begin;
  private long shown;

  ProgressLines() {
    this(System.err, System::nanoTime);
  }

  /**
   * @param clock nanoseconds since any time
   */
  ProgressLines(PrintStream out, LongSupplier clock) {
    this.out = out;
    this.clock = clock;
  }

  @Override
  public synchronized void begin(String newWhat, long newTotal, long done) {
    what = newWhat;
    total = newTotal;
    doneBefore = done;
    begin = clock.getAsLong();
    shown = begin;
  }

  @Override
  public synchronized void update(long done, String note) {
    long now = clock.getAsLong();
    boolean last = done >= total && shown > begin;
    if (now - shown < PAUSE_NANOS && !last) {
      return;
    }
    shown = now;
    double seconds = (now - begin) * 1e-9;
    double rate = (done - doneBefore) / Math.max(seconds, 1e-9);
    out.printf(
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
    out.println(line);
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
