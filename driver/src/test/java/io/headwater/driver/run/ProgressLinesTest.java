package io.headwater.driver.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressLinesTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private long nanos = 7_000_000_000L;
  private final ProgressLines lines =
      new ProgressLines(new PrintStream(written, true, StandardCharsets.UTF_8), () -> nanos);

  private void update(int seconds, long done) {
    nanos += Duration.ofSeconds(seconds).toNanos();
    lines.update(done, "words");
  }

  private List<String> lines() {
    return written.toString(StandardCharsets.UTF_8).lines().toList();
  }

  /** A run that goes on inside an epoch was not as fast as if all of it were its own. */
  @Test
  void rateAndTimeLeftAreOfWhatWasDoneSinceTheRunWentOn() {
    lines.begin("epoch 2/5", 10_000, 6_000);
    update(10, 6_200);
    update(10, 6_400);

    assertThat(lines())
        .containsExactly(
            "epoch 2/5 6200/10000  20.0/s  3m10s left  words",
            "epoch 2/5 6400/10000  20.0/s  3m00s left  words");
  }

  @Test
  void thereIsALineInFiveSecondsAtMostAndOneAtTheEnd() {
    lines.begin("epoch 1/1", 100, 0);
    update(4, 10);
    update(1, 20);
    update(4, 90);
    update(0, 100);

    assertThat(lines())
        .containsExactly(
            "epoch 1/1 20/100  4.0/s  20s left  words",
            "epoch 1/1 100/100  11.1/s  0s left  words");
  }

  @Test
  void whatIsOverSoonHasNoLineAndWhatStandsStillNoTimeLeft() {
    lines.begin("epoch 1/2", 100, 0);
    update(1, 100);
    lines.begin("epoch 2/2", 100, 0);
    update(5, 0);

    assertThat(lines()).containsExactly("epoch 2/2 0/100  0.0/s  ? left  words");
  }
}
