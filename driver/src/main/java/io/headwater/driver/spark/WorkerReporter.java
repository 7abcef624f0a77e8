package io.headwater.driver.spark;

import io.headwater.driver.status.ProcessMetrics;
import io.prometheus.client.CollectorRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Puts a worker's own figures where its executor's heartbeats take them along. */
final class WorkerReporter implements AutoCloseable {
  private static final long PERIOD_SECONDS = 2;

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread reporter = new Thread(task, "headwater-worker-reporter");
            reporter.setDaemon(true);
            return reporter;
          });

  private WorkerReporter() {}

  static WorkerReporter start(int worker, WorkerFigures figures) {
    WorkerReporter reporter = new WorkerReporter();
    reporter.thread.scheduleWithFixedDelay(
        () -> figures.add(read(worker)), PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
    return reporter;
  }

  private static Map<String, Double> read(int worker) {
    Map<String, Double> figures =
        new HashMap<>(ProcessMetrics.read(CollectorRegistry.defaultRegistry).ofWorker(worker));
    figures.put(WorkerFigures.WORKER, (double) worker);
    return figures;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
