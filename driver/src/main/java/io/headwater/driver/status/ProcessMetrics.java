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
 * What the status takes from this process's Prometheus metrics. Workers and shards in other
 * processes have theirs there.
 */
public final class ProcessMetrics {
  private static final String PHASES = "headwater_step_phase_seconds_total";
  private static final String HEARTBEATS = "headwater_worker_last_heartbeat_timestamp_seconds";
  private static final String STEP = "headwater_worker_step";
  private static final String PARAMETERS = "headwater_ps_parameters";
  private static final String MEMORY = "headwater_ps_memory_bytes";
  private static final String TIME = "headwater_run_time_seconds_total";

  private static final List<String> PHASE_ORDER =
      List.of("data_wait", "forward_backward", "push", "pull");
  static final Comparator<String> BY_PHASE =
      Comparator.<String>comparingInt(PHASE_ORDER::indexOf).thenComparing(String::compareTo);

  /** Key of the step that a worker is at. */
  static final String WORKER_STEP = "step";

  private final Map<String, Map<String, Double>> phases = new HashMap<>(); // by worker
  private final Map<String, Double> values = new HashMap<>(); // by metric, /, first label
  private final Map<String, Double> time = new LinkedHashMap<>();

  private ProcessMetrics() {}

  /** As they are now. */
  public static ProcessMetrics read(CollectorRegistry registry) {
    ProcessMetrics metrics = new ProcessMetrics();
    Set<String> names = Set.of(PHASES, HEARTBEATS, STEP, PARAMETERS, MEMORY, TIME);
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

  /**
   * What a worker in this process tells of itself, empty if none of that number is here: {@link
   * #WORKER_STEP}, and seconds by the phase of its steps.
   */
  public Map<String, Double> ofWorker(int worker) {
    Map<String, Double> figures = new TreeMap<>(BY_PHASE);
    figures.putAll(phases.getOrDefault(Integer.toString(worker), Map.of()));
    Double step = values.get(STEP + "/" + worker);
    if (step != null) {
      figures.put(WORKER_STEP, step);
    }
    return figures;
  }

  Double parameters(int shard) {
    return values.get(PARAMETERS + "/" + shard);
  }

  Double memoryBytes(int shard) {
    return values.get(MEMORY + "/" + shard);
  }

  Map<String, Double> timeSeconds() {
    return time;
  }
}
