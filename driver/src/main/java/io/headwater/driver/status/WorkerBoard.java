package io.headwater.driver.status;

import io.headwater.driver.status.StatusReport.Worker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which workers take part. */
final class WorkerBoard {
  private static final String READY = "ready";

  private final String[] states;
  private final int[] lost;

  WorkerBoard(int workers) {
    states = new String[workers];
    Arrays.fill(states, "starting");
    lost = new int[workers];
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

  List<Worker> report(ProcessMetrics metrics, double nowSeconds) {
    List<Worker> workers = new ArrayList<>();
    for (int worker = 0; worker < states.length; worker++) {
      boolean present = states[worker].equals(READY);
      Double heard = metrics.heartbeat(worker);
      workers.add(
          new Worker(
              worker,
              states[worker],
              lost[worker],
              present && heard != null ? Math.max(0, nowSeconds - heard) : null,
              present ? metrics.lagSteps(worker) : null,
              metrics.phaseSeconds(worker)));
    }
    return workers;
  }
}
