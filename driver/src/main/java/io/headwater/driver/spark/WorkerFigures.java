package io.headwater.driver.spark;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.util.AccumulatorV2;

/**
 * What a worker tells of itself, by name. As an accumulator it goes to the driver with the
 * heartbeats of the executor that the worker runs in; the sum over all workers means nothing.
 */
final class WorkerFigures extends AccumulatorV2<Map<String, Double>, Map<String, Double>> {
  static final String NAME = "headwater worker";

  /** Key of the worker's number. */
  static final String WORKER = "worker";

  // Written by the worker's reporter, read by the executor's heartbeat: never changed in place.
  private volatile HashMap<String, Double> figures = new HashMap<>();

  @Override
  public boolean isZero() {
    return figures.isEmpty();
  }

  @Override
  public WorkerFigures copy() {
    WorkerFigures copy = new WorkerFigures();
    copy.figures = figures;
    return copy;
  }

  @Override
  public void reset() {
    figures = new HashMap<>();
  }

  /** Puts the latest figures in place of those before. */
  @Override
  public void add(Map<String, Double> latest) {
    figures = new HashMap<>(latest);
  }

  @Override
  public void merge(AccumulatorV2<Map<String, Double>, Map<String, Double>> other) {
    add(other.value());
  }

  @Override
  public Map<String, Double> value() {
    return figures;
  }
}
