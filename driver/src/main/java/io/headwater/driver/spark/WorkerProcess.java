package io.headwater.driver.spark;

import io.headwater.checkpoint.UserException;
import io.headwater.driver.run.MetricsEndpoint;
import io.headwater.worker.Departure;
import java.time.Duration;
import org.apache.spark.SparkEnv;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the workers of one process share. An executor has its own metrics endpoint, and lets its
 * workers leave when it is told to end (SIGTERM, as of a pod that is evicted); the driver has an
 * endpoint already, and a stop of its own, for all workers.
 */
record WorkerProcess(Departure departure) {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);
  private static final int EXECUTORS_OF_A_HOST = 16;
  private static final int MAX_PORT = 65_535;
  private static final String DRIVER = "driver"; // Spark's id of the driver as an executor

  /** Less than the 30 s that Kubernetes gives a pod to end. */
  private static final Duration LAST_STEP = Duration.ofSeconds(20);

  /** Made by its first worker, gone with the process. */
  private static WorkerProcess instance;

  /** This process. */
  static synchronized WorkerProcess of(int metricsPort) {
    if (instance == null) {
      instance = new WorkerProcess(new Departure());
      if (!SparkEnv.get().executorId().equals(DRIVER)) {
        serveMetrics(metricsPort);
        Runtime.getRuntime().addShutdownHook(new Thread(instance::end, "workers-leave"));
      }
    }
    return instance;
  }

  /** At the port, or the next that is free where other executors share the host. */
  private static void serveMetrics(int port) {
    int last = Math.min(port + EXECUTORS_OF_A_HOST - 1, MAX_PORT);
    for (int next = port; next < last; next++) {
      try {
        MetricsEndpoint.start(next);
        return;
      } catch (UserException e) {
        LOG.debug("{}; trying the next", e.getMessage());
      }
    }
    MetricsEndpoint.start(last);
  }

  private void end() {
    try {
      if (!departure.askAndAwait(LAST_STEP)) {
        LOG.warn("The workers did not finish a step within {} s", LAST_STEP.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
