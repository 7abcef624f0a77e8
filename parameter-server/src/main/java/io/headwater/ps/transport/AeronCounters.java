package io.headwater.ps.transport;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.status.SystemCounterDescriptor;
import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the media drivers of this process count, for Prometheus: the sum over those that run and
 * those that have ended.
 */
final class AeronCounters extends Collector {
  /** A counter of Aeron's under its name here. */
  private record AeronCounter(String name, SystemCounterDescriptor source, String help) {}

  /** A value of which the largest among the drivers at work counts, in {@code unit}s here. */
  private record AeronGauge(
      String name, SystemCounterDescriptor source, double unit, String help) {}

  private static final double NANOSECOND = 1e-9;

  private static final List<AeronCounter> COUNTERS =
      List.of(
          new AeronCounter(
              "headwater_aeron_bytes_sent_total",
              SystemCounterDescriptor.BYTES_SENT,
              "Bytes sent to the network."),
          new AeronCounter(
              "headwater_aeron_bytes_received_total",
              SystemCounterDescriptor.BYTES_RECEIVED,
              "Bytes received from the network."),
          new AeronCounter(
              "headwater_aeron_naks_sent_total",
              SystemCounterDescriptor.NAK_MESSAGES_SENT,
              "Times that lost datagrams were asked for again."),
          new AeronCounter(
              "headwater_aeron_naks_received_total",
              SystemCounterDescriptor.NAK_MESSAGES_RECEIVED,
              "Times that others asked for lost datagrams again."),
          new AeronCounter(
              "headwater_aeron_retransmits_sent_total",
              SystemCounterDescriptor.RETRANSMITS_SENT,
              "Answers to that."),
          new AeronCounter(
              "headwater_aeron_retransmitted_bytes_total",
              SystemCounterDescriptor.RETRANSMITTED_BYTES,
              "Bytes sent again."),
          new AeronCounter(
              "headwater_aeron_flow_control_under_runs_total",
              SystemCounterDescriptor.FLOW_CONTROL_UNDER_RUNS,
              "Datagrams from before the receiver's window."),
          new AeronCounter(
              "headwater_aeron_flow_control_over_runs_total",
              SystemCounterDescriptor.FLOW_CONTROL_OVER_RUNS,
              "Datagrams from beyond the receiver's window."),
          new AeronCounter(
              "headwater_aeron_flow_control_limits_total",
              SystemCounterDescriptor.SENDER_FLOW_CONTROL_LIMITS,
              "Times that a sender had to wait for the receiver's window."),
          new AeronCounter(
              "headwater_aeron_short_sends_total",
              SystemCounterDescriptor.SHORT_SENDS,
              "Datagrams that the kernel did not take whole: its buffer is full."),
          new AeronCounter(
              "headwater_aeron_invalid_packets_total",
              SystemCounterDescriptor.INVALID_PACKETS,
              "Datagrams that are none of Aeron's."),
          new AeronCounter(
              "headwater_aeron_resolution_changes_total",
              SystemCounterDescriptor.RESOLUTION_CHANGES,
              "Names that came to mean another address."),
          new AeronCounter(
              "headwater_aeron_client_timeouts_total",
              SystemCounterDescriptor.CLIENT_TIMEOUTS,
              "Clients that were silent for too long."),
          new AeronCounter(
              "headwater_aeron_loss_gap_fills_total",
              SystemCounterDescriptor.LOSS_GAP_FILLS,
              "Lost datagrams that were given up: they never came."),
          new AeronCounter(
              "headwater_aeron_conductor_slow_cycles_total",
              SystemCounterDescriptor.CONDUCTOR_CYCLE_TIME_THRESHOLD_EXCEEDED,
              "Turns of the conductor that took longer than it should."),
          new AeronCounter(
              "headwater_aeron_sender_slow_cycles_total",
              SystemCounterDescriptor.SENDER_CYCLE_TIME_THRESHOLD_EXCEEDED,
              "Turns of the sender that took longer than it should."),
          new AeronCounter(
              "headwater_aeron_receiver_slow_cycles_total",
              SystemCounterDescriptor.RECEIVER_CYCLE_TIME_THRESHOLD_EXCEEDED,
              "Turns of the receiver that took longer than it should."),
          new AeronCounter(
              "headwater_aeron_errors_total",
              SystemCounterDescriptor.ERRORS,
              "Errors of the media driver; they are in the log."));

  private static final List<AeronGauge> GAUGES =
      List.of(
          new AeronGauge(
              "headwater_aeron_conductor_max_cycle_seconds",
              SystemCounterDescriptor.CONDUCTOR_MAX_CYCLE_TIME,
              NANOSECOND,
              "Longest turn of the conductor."),
          new AeronGauge(
              "headwater_aeron_sender_max_cycle_seconds",
              SystemCounterDescriptor.SENDER_MAX_CYCLE_TIME,
              NANOSECOND,
              "Longest turn of the sender."),
          new AeronGauge(
              "headwater_aeron_receiver_max_cycle_seconds",
              SystemCounterDescriptor.RECEIVER_MAX_CYCLE_TIME,
              NANOSECOND,
              "Longest turn of the receiver."),
          new AeronGauge(
              "headwater_aeron_mapped_bytes",
              SystemCounterDescriptor.BYTES_CURRENTLY_MAPPED,
              1,
              "Most memory that a media driver has mapped."));

  private static final AeronCounters OF_PROCESS = new AeronCounters().register(); // after its list

  private final Set<MediaDriver> running = new HashSet<>();
  private final long[] ended = new long[COUNTERS.size()];

  private AeronCounters() {}

  static void follow(MediaDriver driver) {
    OF_PROCESS.add(driver);
  }

  /**
   * Keeps what a driver has counted; to be called before it is closed, which unmaps its counters.
   */
  static void leave(MediaDriver driver) {
    OF_PROCESS.remove(driver);
  }

  private synchronized void add(MediaDriver driver) {
    running.add(driver);
  }

  private synchronized void remove(MediaDriver driver) {
    if (running.remove(driver)) {
      for (int i = 0; i < ended.length; i++) {
        ended[i] += value(driver, COUNTERS.get(i).source());
      }
    }
  }

  @Override
  public synchronized List<MetricFamilySamples> collect() {
    List<MetricFamilySamples> families = new ArrayList<>();
    for (int i = 0; i < ended.length; i++) {
      AeronCounter counter = COUNTERS.get(i);
      long value = ended[i];
      for (MediaDriver driver : running) {
        value += value(driver, counter.source());
      }
      families.add(new CounterMetricFamily(counter.name(), counter.help(), value));
    }
    for (AeronGauge gauge : GAUGES) {
      double largest =
          running.stream().mapToLong(driver -> value(driver, gauge.source())).max().orElse(0);
      families.add(new GaugeMetricFamily(gauge.name(), gauge.help(), largest * gauge.unit()));
    }
    return families;
  }

  private static long value(MediaDriver driver, SystemCounterDescriptor source) {
    return driver.context().countersManager().getCounterValue(source.id());
  }
}
