package io.headwater.ps.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.protocol.MicroBatchFigures;
import io.headwater.ps.protocol.Request.LossReport;
import io.prometheus.client.CollectorRegistry;
import org.junit.jupiter.api.Test;

class StragglersTest {
  private static final MicroBatchFigures FIGURES = MicroBatchFigures.of(3, 1, 10);
  private static final long MILLISECOND = 1_000_000L;

  private final Stragglers stragglers = new Stragglers(3);
  private long now = 17;
  private long step;

  /** Steps of two micro-batches for each worker; worker 2 takes as long as told for each. */
  private void steps(int count, long worker2Millis) {
    for (int i = 0; i < count; i++) {
      step++;
      stragglers.onStep(now);
      for (int m = 0; m < 2; m++) {
        report(0, m, now + (m + 1) * 100 * MILLISECOND);
        report(1, 2 + m, now + (m + 1) * 120 * MILLISECOND);
        report(2, 4 + m, now + (m + 1) * worker2Millis * MILLISECOND);
      }
      now += 2_000 * MILLISECOND;
    }
  }

  private void report(int worker, int microBatch, long at) {
    stragglers.onReport(new LossReport(worker, step, microBatch, FIGURES), at);
    stragglers.onReport(new LossReport(worker, step, microBatch, FIGURES), at + MILLISECOND);
  }

  private static double metric(String name, int worker) {
    return CollectorRegistry.defaultRegistry.getSampleValue(
        name, new String[] {"worker"}, new String[] {Integer.toString(worker)});
  }

  @Test
  void namesAWorkerOfHalfTheSpeedAndTakesItBack() {
    steps(Stragglers.WARM_UP, 110);
    assertThat(stragglers.isStraggler(2)).isFalse();

    steps(20, 400);
    assertThat(stragglers.isStraggler(2)).isTrue();
    assertThat(stragglers.isStraggler(0)).isFalse();
    assertThat(stragglers.isStraggler(1)).isFalse();
    assertThat(metric("headwater_worker_straggler", 2)).isEqualTo(1);
    assertThat(metric("headwater_worker_micro_batch_seconds", 2)).isBetween(0.35, 0.41);
    assertThat(metric("headwater_worker_micro_batch_seconds", 0)).isBetween(0.095, 0.105);

    steps(30, 110);
    assertThat(stragglers.isStraggler(2)).isFalse();
    assertThat(metric("headwater_worker_straggler", 2)).isZero();
  }

  @Test
  void tellsHowFarEachIsBehindTheForemost() {
    step = 1;
    report(0, 0, now);
    report(1, 2, now);
    step = 3;
    report(0, 0, now);
    assertThat(metric("headwater_worker_step_lag_steps", 0)).isZero();
    assertThat(metric("headwater_worker_step_lag_steps", 1)).isEqualTo(2);
    report(1, 2, now);
    assertThat(metric("headwater_worker_step_lag_steps", 1)).isZero();
  }

  @Test
  void aWorkerThatWasJustStartedIsNotJudged() {
    steps(Stragglers.WARM_UP, 110);
    stragglers.onJoin(2, now);
    steps(Stragglers.WARM_UP / 2 - 1, 900);
    assertThat(stragglers.isStraggler(2)).isFalse();
  }
}
