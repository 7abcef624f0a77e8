package io.headwater.driver.spark;

import io.headwater.driver.log.LogContext;
import io.headwater.worker.Departure;
import java.io.Serializable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Spark job whose tasks are the workers. */
public final class WorkerJob {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerJob.class);
  private static final String GROUP = "workers";

  /** What each task of the job does; goes to the executors. */
  public interface Workers extends Serializable {
    /**
     * Runs a worker to its end.
     *
     * @param attempt how often the task was started before
     * @param departure of the process that it runs in
     */
    void run(int worker, int attempt, Departure departure);
  }

  private final JavaSparkContext spark;
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  private WorkerJob(JavaSparkContext spark) {
    this.spark = spark;
  }

  /**
   * Starts one task for each worker, all at the same time.
   *
   * @param count of workers
   * @param runId that executors' log lines carry
   * @param metricsPort where executors serve their metrics, or at the next free port where several
   *     share a host; 0 = nowhere
   */
  public static WorkerJob start(
      SparkSession session, int count, Workers workers, String runId, int metricsPort) {
    WorkerJob job = new WorkerJob(new JavaSparkContext(session.sparkContext()));
    Thread thread = new Thread(() -> job.run(count, workers, runId, metricsPort), "worker-job");
    thread.setDaemon(true);
    thread.start();
    return job;
  }

  /** Completes when all workers have ended; exceptionally with the first failure. */
  public CompletableFuture<Void> end() {
    return end;
  }

  /**
   * Waits for the workers of a run that is over, who have been told so. It has all that it needs of
   * them: one that was lost and has not come back is not worth a failure.
   */
  public void dismiss(Duration timeout) throws InterruptedException {
    try {
      end.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.warn("The workers did not end within {} s; they are stopped", timeout.toSeconds());
      cancel();
    } catch (ExecutionException e) {
      LOG.warn("A worker did not end in order: {}", reason(e));
    }
  }

  public void cancel() {
    spark.cancelJobGroup(GROUP);
  }

  /** The innermost reason of a failed job, on one line. */
  public static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return message.lines().findFirst().orElse(cause.toString());
  }

  private static void runWorker(
      int worker, Workers workers, String runId, int metricsPort, WorkerFigures figures) {
    LogContext.run(runId);
    Departure departure = WorkerProcess.of(metricsPort).departure();
    try (WorkerReporter reporter = WorkerReporter.start(worker, figures)) {
      workers.run(worker, TaskContext.get().attemptNumber(), departure);
    }
  }

  private void run(int count, Workers workers, String runId, int metricsPort) {
    try {
      spark.setJobGroup(GROUP, "training", true);
      WorkerFigures figures = new WorkerFigures();
      spark.sc().register(figures, WorkerFigures.NAME);
      spark
          .parallelize(IntStream.range(0, count).boxed().toList(), count)
          .foreach(worker -> runWorker(worker, workers, runId, metricsPort, figures));
      end.complete(null);
    } catch (Throwable e) {
      end.completeExceptionally(e);
    }
  }
}
