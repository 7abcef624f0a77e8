package io.headwater.driver.status;

import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CollectorRegistry;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the status takes from this process's Prometheus metrics. Workers in other processes have
 * theirs there.
 */
public final class ProcessMetrics {
  private static final String PHASES = "headwater_step_phase_seconds_total";
  private static final String HEARTBEATS = "headwater_worker_last_heartbeat_timestamp_seconds";
  private static final String LAG = "headwater_worker_step_lag_steps";
  private static final String TIME = "headwater_run_time_seconds_total";

  private static final List<String> PHASE_ORDER =
      List.of("data_wait", "forward_backward", "optimizer", "push", "barrier", "pull");
  static final Comparator<String> BY_PHASE =
      Comparator.<String>comparingInt(PHASE_ORDER::indexOf).thenComparing(String::compareTo);

  private final Map<String, Map<String, Double>> phases = new HashMap<>(); // by worker
  private final Map<String, Double> values = new HashMap<>(); // by metric, /, first label
  private final Map<String, Double> time = new LinkedHashMap<>();

  private ProcessMetrics() {}

  /** As they are now. */
  public static ProcessMetrics read(CollectorRegistry registry) {
    ProcessMetrics metrics = new ProcessMetrics();
    Set<String> names = Set.of(PHASES, HEARTBEATS, LAG, TIME);
    for (MetricFamilySamples family :
        Collections.list(registry.filteredMetricFamilySamples(names))) {
      family.samples.forEach(metrics::take);
    }
    return metrics;
  }

  private void take(MetricFamilySamples.Sample sample) {
    String first = sample.labelValues.get(0);
    if (sample.name.equals(PHASES)) {
      phases
          .computeIfAbsent(first, worker -> new TreeMap<>(BY_PHASE))
          .put(sample.labelValues.get(1), sample.value);
    } else if (sample.name.equals(TIME)) {
      time.put(first, sample.value);
    } else {
      values.put(sample.name + "/" + first, sample.value);
    }
  }

  /** When a worker was last heard, in seconds since 1970; null if it never was. */
  Double heartbeat(int worker) {
    return values.get(HEARTBEATS + "/" + worker);
  }

  /** Seconds by phase of the steps of a worker in this process; empty if none of it is here. */
  public Map<String, Double> ofWorker(int worker) {
    return phases.getOrDefault(Integer.toString(worker), Map.of());
  }

  /** Steps that a worker anywhere is behind the foremost; null before its first report. */
  Double lagSteps(int worker) {
    return values.get(LAG + "/" + worker);
  }

  Map<String, Double> timeSeconds() {
    return time;
  }
}
