package io.headwater.ps;

import io.headwater.ps.security.FrameVerdict;
import io.headwater.ps.security.Role;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.Locale;

/**
 * The parameter server's Prometheus metrics, in the default registry; docs/metrics.md lists them.
 */
public final class PsMetrics {
  private static final Histogram REQUEST_SECONDS =
      Histogram.build("headwater_ps_request_duration_seconds", "Time of a worker's push or pull.")
          .labelNames("op", "shard")
          .buckets(.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60)
          .register();
  private static final Counter BYTES =
      Counter.build("headwater_ps_bytes_total", "Chunk bytes received and sent by a shard.")
          .labelNames("direction", "shard")
          .register();
  private static final Counter UPDATES =
      Counter.build("headwater_ps_updates_total", "Pushed chunks by what became of them.")
          .labelNames("shard", "result")
          .register();
  private static final Counter BACKPRESSURE =
      Counter.build("headwater_ps_backpressure_total", "Times a full transport was met.")
          .labelNames("result")
          .register();
  private static final Counter REFUSED =
      Counter.build("headwater_updates_refused_total", "Updates that the guard refused.")
          .labelNames("reason")
          .register();
  private static final Counter NON_FINITE =
      Counter.build(
              "headwater_nonfinite_steps_total",
              "Steps whose loss or, with a guard, gradient was not finite.")
          .register();
  private static final Gauge PARAMETERS =
      Gauge.build("headwater_ps_parameters", "Parameters owned by a shard.")
          .labelNames("shard")
          .register();
  private static final Gauge MEMORY =
      Gauge.build("headwater_ps_memory_bytes", "Weights and optimizer state held by a shard.")
          .labelNames("shard")
          .register();
  private static final Gauge WORKERS =
      Gauge.build("headwater_workers", "Workers of the run by state.")
          .labelNames("state")
          .register();
  private static final Gauge HEARTBEAT =
      Gauge.build("headwater_worker_last_heartbeat_timestamp_seconds", "When a worker was heard.")
          .labelNames("worker")
          .register();

  private static final Histogram STALENESS =
      Histogram.build("headwater_ps_staleness_steps", "Updates made while a gradient was computed.")
          .buckets(0, 1, 2, 4, 8, 16, 32, 64)
          .register();
  private static final Gauge MICRO_BATCH =
      Gauge.build("headwater_worker_micro_batch_seconds", "Time of a micro-batch, averaged.")
          .labelNames("worker")
          .register();
  private static final Gauge STRAGGLER =
      Gauge.build("headwater_worker_straggler", "1 for a worker much slower than the others.")
          .labelNames("worker")
          .register();

  private static final Gauge STEP_LAG =
      Gauge.build(
              "headwater_worker_step_lag_steps", "Steps that a worker is behind the foremost one.")
          .labelNames("worker")
          .register();
  private static final Gauge QUEUE =
      Gauge.build("headwater_ps_queue_length", "Chunks of weights that wait for being sent.")
          .labelNames("shard")
          .register();
  private static final Gauge COMPRESSION =
      Gauge.build(
              "headwater_ps_compression_ratio",
              "Bytes of a pushed chunk as float32 by those that it was pushed with.")
          .labelNames("shard")
          .register();
  private static final Gauge SOCKET_BUFFER =
      Gauge.build("headwater_socket_buffer_bytes", "Buffer of a socket, either way.")
          .labelNames("kind")
          .register();
  private static final Histogram CHECKPOINT_SECONDS =
      Histogram.build("headwater_checkpoint_duration_seconds", "Time of a checkpoint's stages.")
          .labelNames("stage")
          .exponentialBuckets(0.001, 2, 20)
          .register();

  private static final Counter FRAMES =
      Counter.build(
              "headwater_ps_frames_total", "Protected frames received, by what was found of them.")
          .labelNames("receiver", "verdict")
          .register();

  private static final Counter SENT_CHUNKS =
      Counter.build(
              "headwater_ps_sent_chunks_total",
              "Gradient chunks sent by workers, while they computed the rest and after.")
          .labelNames("shard", "worker")
          .register();

  private PsMetrics() {}

  /**
   * Counts chunks of gradients that a worker of this process sent.
   *
   * @param worker what it did meanwhile: computing the rest of the gradient, or waiting
   */
  public static Counter.Child sentChunks(int shard, String worker) {
    return SENT_CHUNKS.labels(Integer.toString(shard), worker);
  }

  /** Counts frames received over a network by one who lets in only what is proved genuine. */
  public static Counter.Child checkedFrames(Role receiver, FrameVerdict verdict) {
    return FRAMES.labels(
        receiver.name().toLowerCase(Locale.ROOT), verdict.name().toLowerCase(Locale.ROOT));
  }

  public static Histogram.Child pushSeconds(int shard) {
    return REQUEST_SECONDS.labels("push", Integer.toString(shard));
  }

  public static Histogram.Child pullSeconds(int shard) {
    return REQUEST_SECONDS.labels("pull", Integer.toString(shard));
  }

  public static Counter.Child bytesIn(int shard) {
    return BYTES.labels("in", Integer.toString(shard));
  }

  public static Counter.Child bytesOut(int shard) {
    return BYTES.labels("out", Integer.toString(shard));
  }

  /**
   * Counts pushed chunks.
   *
   * @param result applied, duplicate, dropped_stale, rejected (wrong run, worker or place),
   *     malformed or rejected_nonfinite
   */
  public static Counter.Child updates(int shard, String result) {
    return UPDATES.labels(Integer.toString(shard), result);
  }

  /**
   * Counts an update that was refused.
   *
   * @param reason not_finite or out_of_norm
   */
  public static void refusedUpdate(String reason) {
    REFUSED.labels(reason).inc();
  }

  /** Counts a step that was refused, or has ended its run, because numbers were not finite. */
  public static void nonFiniteStep() {
    NON_FINITE.inc();
  }

  /**
   * Counts full transports.
   *
   * @param what push (met by a worker) or weights (met by a shard)
   */
  public static Counter.Child backpressure(String what) {
    return BACKPRESSURE.labels(what);
  }

  public static void parameters(int shard, long elements, long bytes) {
    PARAMETERS.labels(Integer.toString(shard)).set(elements);
    MEMORY.labels(Integer.toString(shard)).set(bytes);
  }

  /**
   * Counts workers.
   *
   * @param suspect take part, but have been silent for half of their lease
   * @param starting have not joined yet
   */
  public static void workers(int ready, int suspect, int starting, int lost) {
    WORKERS.labels("ready").set(ready);
    WORKERS.labels("suspect").set(suspect);
    WORKERS.labels("starting").set(starting);
    WORKERS.labels("lost").set(lost);
  }

  public static void stepLag(int worker, long steps) {
    STEP_LAG.labels(Integer.toString(worker)).set(steps);
  }

  /** Chunks of weights that a shard has to send. */
  public static Gauge.Child queue(int shard) {
    return QUEUE.labels(Integer.toString(shard));
  }

  /** By how much the last pushed chunk of a shard was smaller than its numbers. */
  public static Gauge.Child compression(int shard) {
    return COMPRESSION.labels(Integer.toString(shard));
  }

  /** What sockets were to have, and have. */
  public static void socketBuffer(long requested, long granted) {
    SOCKET_BUFFER.labels("requested").set(requested);
    SOCKET_BUFFER.labels("granted").set(granted);
  }

  /**
   * Time of checkpoints.
   *
   * @param stage snapshot (a shard copies its state; steps wait), write (of the copy), commit (by
   *     the driver)
   */
  public static Histogram.Child checkpointSeconds(String stage) {
    return CHECKPOINT_SECONDS.labels(stage);
  }

  public static void microBatchSeconds(int worker, double seconds) {
    MICRO_BATCH.labels(Integer.toString(worker)).set(seconds);
  }

  public static void straggler(int worker, boolean slow) {
    STRAGGLER.labels(Integer.toString(worker)).set(slow ? 1 : 0);
  }

  /**
   * A batch became an update so many updates after it was begun, where workers do not keep step.
   */
  public static void staleness(long steps) {
    STALENESS.observe(steps);
  }

  public static void heartbeat(int worker) {
    HEARTBEAT.labels(Integer.toString(worker)).setToCurrentTime();
  }
}
