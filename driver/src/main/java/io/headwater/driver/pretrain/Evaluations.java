package io.headwater.driver.pretrain;

import io.headwater.driver.pretrain.ValidationParts.Part;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Puts the parts of evaluations together, as they come in, some of them more than once. Told on a
 * thread of Spark's, and at the end on the run's.
 */
final class Evaluations extends SparkListener {
  /** Hears of each evaluation once. */
  @FunctionalInterface
  interface Listener {
    /**
     * @param step updates that the weights had
     * @param loss mean over all predictions, in nats
     */
    void evaluated(long step, double loss);
  }

  private final int partsOfEach;
  private final Listener listener;
  private final ValidationParts parts = new ValidationParts();
  private final Map<Long, TreeMap<Integer, Part>> open = new TreeMap<>(); // by step, then by part
  private final Set<Long> done = new HashSet<>();

  /**
   * @param partsOfEach parts that make an evaluation whole
   */
  Evaluations(int partsOfEach, Listener listener) {
    this.partsOfEach = partsOfEach;
    this.listener = listener;
  }

  /** What workers put their parts in. */
  ValidationParts register(SparkContext spark) {
    spark.register(parts, ValidationParts.NAME);
    spark.addSparkListener(this);
    return parts;
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
    CollectionConverters.asJava(heartbeat.accumUpdates())
        .forEach(task -> CollectionConverters.asJava(task._4()).forEach(this::take));
  }

  private void take(AccumulableInfo accumulator) {
    boolean ours = accumulator.name().contains(ValidationParts.NAME);
    if (ours && accumulator.update().isDefined()) {
      if (accumulator.update().get() instanceof List<?> latest) {
        take(latest.stream().map(Part.class::cast).toList());
      }
    }
  }

  /** The workers have ended: what no heartbeat has brought is here by now. */
  void finish() {
    take(parts.value());
  }

  synchronized void take(List<Part> latest) {
    for (Part part : latest) {
      if (!done.contains(part.step())) {
        TreeMap<Integer, Part> gathered =
            open.computeIfAbsent(part.step(), step -> new TreeMap<>());
        gathered.put(part.part(), part);
        if (gathered.size() == partsOfEach) {
          open.remove(part.step());
          done.add(part.step());
          listener.evaluated(part.step(), mean(gathered));
        }
      }
    }
  }

  /** Summed in the order of the parts: the same number whoever measured them. */
  private static double mean(TreeMap<Integer, Part> gathered) {
    double sum =
        gathered.values().stream().reduce(0.0, (all, part) -> all + part.sum(), Double::sum);
    long count = gathered.values().stream().mapToLong(Part::count).sum();
    return sum / count;
  }
}
