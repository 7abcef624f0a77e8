package io.headwater.driver.pretrain;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.util.AccumulatorV2;

/**
 * What workers measured on the validation split. As an accumulator it goes to the driver with the
 * heartbeats of executors, and with tasks that end.
 */
final class ValidationParts
    extends AccumulatorV2<ValidationParts.Part, List<ValidationParts.Part>> {
  static final String NAME = "headwater validation";

  /**
   * The losses of a micro-batch's part of the split.
   *
   * @param step updates that the weights have had
   * @param sum in nats, over {@code count} predictions
   */
  record Part(long step, int part, double sum, long count) implements Serializable {}

  // Written by the worker, read by the executor's heartbeat.
  private final ArrayList<Part> parts = new ArrayList<>();

  @Override
  public synchronized boolean isZero() {
    return parts.isEmpty();
  }

  @Override
  public synchronized ValidationParts copy() {
    ValidationParts copy = new ValidationParts();
    copy.parts.addAll(parts);
    return copy;
  }

  @Override
  public synchronized void reset() {
    parts.clear();
  }

  @Override
  public synchronized void add(Part part) {
    parts.add(part);
  }

  @Override
  public synchronized void merge(AccumulatorV2<Part, List<Part>> other) {
    parts.addAll(other.value());
  }

  @Override
  public synchronized List<Part> value() {
    return List.copyOf(parts);
  }
}
