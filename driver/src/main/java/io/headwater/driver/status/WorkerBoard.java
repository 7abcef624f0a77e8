package io.headwater.driver.status;

import io.headwater.driver.status.StatusReport.Worker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which workers take part. */
final class WorkerBoard {
  private static final String READY = "ready";

  private final String[] states;
  private final int[] lost;
  private final List<Map<String, Double>> reported = new ArrayList<>(); // by worker

  WorkerBoard(int workers) {
    states = new String[workers];
    Arrays.fill(states, "starting");
    lost = new int[workers];
    for (int worker = 0; worker < workers; worker++) {
      reported.add(Map.of());
    }
  }

  void joined(int worker) {
    states[worker] = READY;
  }

  void lost(int worker) {
    states[worker] = "lost";
    lost[worker]++;
  }

  /** The run is over: who was there has left in order. */
  void leave() {
    for (int worker = 0; worker < states.length; worker++) {
      states[worker] = states[worker].equals(READY) ? "left" : states[worker];
    }
  }

  /** What a worker in another process tells of itself. */
  void reported(int worker, Map<String, Double> figures) {
    reported.set(worker, figures);
  }

  List<Worker> report(ProcessMetrics metrics, double nowSeconds) {
    List<Worker> workers = new ArrayList<>();
    for (int worker = 0; worker < states.length; worker++) {
      boolean present = states[worker].equals(READY);
      Double heard = metrics.heartbeat(worker);
      Map<String, Double> here = metrics.ofWorker(worker);
      workers.add(
          new Worker(
              worker,
              states[worker],
              lost[worker],
              present && heard != null ? Math.max(0, nowSeconds - heard) : null,
              present ? metrics.lagSteps(worker) : null,
              phases(here.isEmpty() ? reported.get(worker) : here)));
    }
    return workers;
  }

  private static Map<String, Double> phases(Map<String, Double> figures) {
    Map<String, Double> phases = new TreeMap<>(ProcessMetrics.BY_PHASE);
    phases.putAll(figures);
    return phases.isEmpty() ? null : phases;
  }
}
