package io.headwater.ps.transport;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.status.SystemCounterDescriptor;
import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
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
              "headwater_aeron_errors_total",
              SystemCounterDescriptor.ERRORS,
              "Errors of the media driver; they are in the log."));

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
        ended[i] += value(driver, COUNTERS.get(i));
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
        value += value(driver, counter);
      }
      families.add(new CounterMetricFamily(counter.name(), counter.help(), value));
    }
    return families;
  }

  private static long value(MediaDriver driver, AeronCounter counter) {
    return driver.context().countersManager().getCounterValue(counter.source().id());
  }
}
