package io.headwater.ps.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ShardPulseTest {
  private final AtomicLong nowNs = new AtomicLong(-5);
  private final ShardPulse pulse = new ShardPulse(nowNs::get);

  @Test
  void aThreadThatDoesNotTurnFallsSilent() {
    assertThat(pulse.silenceNs()).isZero();
    nowNs.addAndGet(31_000_000_000L);
    assertThat(pulse.silenceNs()).isEqualTo(31_000_000_000L);
    pulse.beat(nowNs.get(), true);
    assertThat(pulse.silenceNs()).isZero();
  }

  @Test
  void aBeatIsDueAHundredTimesASecondAtMost() {
    assertThat(pulse.isDue(nowNs.get() + 9_999_999)).isFalse();
    assertThat(pulse.isDue(nowNs.get() + 10_000_000)).isTrue();
  }

  @Test
  void tellsWhatTheLastBeatFound() {
    pulse.beat(1, false);
    assertThat(pulse.isReady()).isFalse();
    pulse.beat(2, true);
    assertThat(pulse.isReady()).isTrue();
  }
}
