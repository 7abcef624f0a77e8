package io.headwater.driver.run;

import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Bars with rate and time left. */
final class ProgressBars implements Progress {
  private ProgressBar bar;

  @Override
  public synchronized void begin(String what, long total, long done) {
    close();
    bar =
        new ProgressBarBuilder()
            .setTaskName(what)
            .setInitialMax(total)
            .startsFrom(done, Duration.ZERO)
            .setStyle(ProgressBarStyle.ASCII)
            .showSpeed()
            .setConsumer(new ConsoleProgressBarConsumer(System.err))
            .build();
  }

  @Override
  public synchronized void update(long done, String note) {
    if (bar != null) {
      bar.stepTo(done);
      bar.setExtraMessage(" " + note);
    }
  }

  @Override
  public synchronized void say(String line) {
    // The bar rewrites its own line; ours stands above the next rewrite.
    System.err.println((bar == null ? "" : "\r\u001b[K") + line);
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
