package io.headwater.driver.spark;

import io.headwater.driver.status.RunStatus;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import scala.jdk.javaapi.CollectionConverters;

/** Takes workers' figures out of executors' heartbeats; called on a thread of Spark's. */
public final class WorkerFiguresListener extends SparkListener {
  private final RunStatus status;

  public WorkerFiguresListener(RunStatus status) {
    this.status = status;
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
    CollectionConverters.asJava(heartbeat.accumUpdates())
        .forEach(task -> CollectionConverters.asJava(task._4()).forEach(this::take));
  }

  private void take(AccumulableInfo accumulator) {
    boolean ours = accumulator.name().contains(WorkerFigures.NAME);
    if (!ours || accumulator.update().isEmpty()) {
      return;
    }
    if (accumulator.update().get() instanceof Map<?, ?> values && !values.isEmpty()) {
      Map<String, Double> figures = new HashMap<>();
      values.forEach((key, value) -> figures.put((String) key, (Double) value));
      int worker = figures.remove(WorkerFigures.WORKER).intValue();
      status.workerReported(worker, figures);
    }
  }
}
