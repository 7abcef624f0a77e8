package io.headwater.worker;

import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.function.Supplier;

/** What one worker tells Prometheus: where the time of its steps goes. */
final class Metrics {
  /** A part of a worker's step. */
  enum Phase {
    DATA("data_wait"),
    GRADIENT("forward_backward"),
    PUSH("push"),
    /** Until all gradients of the step are at the shards. */
    BARRIER("barrier"),
    PULL("pull"),
    /** At workers only where they take steps of their own. */
    OPTIMIZER("optimizer");

    private final String label;

    Phase(String label) {
      this.label = label;
    }
  }

  private static final Counter PHASE_SECONDS =
      Counter.build(
              "headwater_step_phase_seconds_total",
              "Seconds spent in a phase of the training step.")
          .labelNames("worker", "phase")
          .register();

  private static final Gauge STEP =
      Gauge.build("headwater_worker_step", "Step that a worker computes.")
          .labelNames("worker")
          .register();

  private static final Counter ROW_BYTES =
      Counter.build(
              "headwater_worker_row_bytes_total",
              "Bytes of row frames that a worker sent to and received from the shards.")
          .labelNames("worker", "direction")
          .register();

  private static final Counter WORDS =
      Counter.build(
              "headwater_worker_words_total",
              "Words of text, or co-occurrences, that a worker trained on.")
          .labelNames("worker")
          .register();

  private static final double NANOS = 1e-9;

  private final Map<Phase, Counter.Child> seconds = new EnumMap<>(Phase.class);

  private final String worker;
  private final Gauge.Child step;

  Metrics(int worker) {
    this.worker = Integer.toString(worker);
    step = STEP.labels(this.worker);
    // Known from the start: a rate over a counter misses the step from nothing to its first value.
    EnumSet.complementOf(EnumSet.of(Phase.BARRIER, Phase.OPTIMIZER)).forEach(this::seconds);
  }

  private Counter.Child seconds(Phase phase) {
    return seconds.computeIfAbsent(phase, each -> PHASE_SECONDS.labels(worker, each.label));
  }

  /** The worker begins a step. */
  void step(long number) {
    step.set(number);
  }

  /** The worker trained on some text with rows from the shards. */
  void words(int worker, RowTraffic traffic) {
    String name = Integer.toString(worker);
    WORDS.labels(name).inc(traffic.words());
    ROW_BYTES.labels(name, "out").inc(traffic.sentBytes());
    ROW_BYTES.labels(name, "in").inc(traffic.receivedBytes());
  }

  /** A phase whose time was taken by another. */
  void spent(Phase phase, long nanos) {
    seconds(phase).inc(nanos * NANOS);
  }

  <T> T time(Phase phase, Supplier<T> work) {
    long start = System.nanoTime();
    try {
      return work.get();
    } finally {
      spent(phase, System.nanoTime() - start);
    }
  }

  void time(Phase phase, Runnable work) {
    time(
        phase,
        () -> {
          work.run();
          return null;
        });
  }
}
