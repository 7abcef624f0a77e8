package io.headwater.driver;

import io.headwater.driver.log.LogContext;
import io.headwater.worker.WorkerConfig;
import io.headwater.worker.WorkerTask;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** The Spark job whose tasks are the workers. */
final class WorkerJob {
  private static final String GROUP = "workers";
  private static final String DRIVER = "driver"; // Spark's id of the driver as an executor

  /** Of an executor: made by its first worker, gone with the process. */
  private static MetricsEndpoint executorMetrics;

  private final JavaSparkContext spark;
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  private WorkerJob(JavaSparkContext spark) {
    this.spark = spark;
  }

  /**
   * Starts one task for each worker, all at the same time.
   *
   * @param runId that executors' log lines carry
   * @param metricsPort where executors serve their metrics; 0 = nowhere
   */
  static WorkerJob start(
      SparkSession session, List<WorkerConfig> workers, String runId, int metricsPort) {
    WorkerJob job = new WorkerJob(new JavaSparkContext(session.sparkContext()));
    Thread thread = new Thread(() -> job.run(workers, runId, metricsPort), "worker-job");
    thread.setDaemon(true);
    thread.start();
    return job;
  }

  /** Completes when all workers have ended; exceptionally with the first failure. */
  CompletableFuture<Void> end() {
    return end;
  }

  /** Waits for the workers, who have been told to end. */
  void await(Duration timeout) throws InterruptedException {
    try {
      end.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new RunFailure(
          "Cannot finish: the workers did not end within " + timeout.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new RunFailure(reason(e), e);
    }
  }

  void cancel() {
    spark.cancelJobGroup(GROUP);
  }

  /** The innermost reason of a failed job, on one line. */
  static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return message.lines().findFirst().orElse(cause.toString());
  }

  // The server lets a worker that it took for lost in again as a later incarnation only.
  private static void runWorker(
      WorkerConfig config, String runId, int metricsPort, WorkerFigures figures) {
    LogContext.run(runId);
    serveMetrics(metricsPort);
    try (WorkerReporter reporter = WorkerReporter.start(config.server().worker(), figures)) {
      WorkerTask.run(config.restarted(TaskContext.get().attemptNumber()));
    }
  }

  // Workers in the driver's process are part of its own endpoint.
  private static synchronized void serveMetrics(int port) {
    boolean inDriver = SparkEnv.get().executorId().equals(DRIVER);
    if (!inDriver && executorMetrics == null) {
      executorMetrics = MetricsEndpoint.start(port);
    }
  }

  private void run(List<WorkerConfig> workers, String runId, int metricsPort) {
    try {
      spark.setJobGroup(GROUP, "training", true);
      WorkerFigures figures = new WorkerFigures();
      spark.sc().register(figures, WorkerFigures.NAME);
      spark
          .parallelize(workers, workers.size())
          .foreach(worker -> runWorker(worker, runId, metricsPort, figures));
      end.complete(null);
    } catch (Throwable e) {
      end.completeExceptionally(e);
    }
  }
}
