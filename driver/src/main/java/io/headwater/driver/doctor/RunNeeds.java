package io.headwater.driver.doctor;

import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.config.MetricsSection;
import io.headwater.driver.config.ParameterServerSection;
import io.headwater.driver.config.RunConfig;
import io.headwater.driver.config.SparkSection;
import io.headwater.driver.plan.SharedMemoryNeed;
import io.headwater.driver.spark.SparkApplication;
import io.headwater.model.Execution;

/**
 * What a run to come asks of a machine, whatever it trains.
 *
 * @param output folder of its checkpoints
 * @param workersHere workers on this machine; 0 if they run elsewhere
 * @param execution the device of workers, and how it computes
 */
public record RunNeeds(
    ParameterServerSection servers,
    MetricsSection metrics,
    SparkSection spark,
    String output,
    int workersHere,
    Execution execution,
    SharedMemoryNeed sharedMemory) {
  public static RunNeeds of(RunConfig run) {
    int workers = workersHere(run.spark(), run.training().workers());
    return new RunNeeds(
        run.parameterServer(),
        run.metrics(),
        run.spark(),
        run.output(),
        workers,
        run.training().execution(),
        SharedMemoryNeed.of(run, workers));
  }

  /** Word vectors are trained without a device. */
  public static RunNeeds of(EmbeddingConfig run) {
    int workers = workersHere(run.spark(), run.training().workers());
    return new RunNeeds(
        run.parameterServer(),
        run.metrics(),
        run.spark(),
        run.output(),
        run.usesTables() ? workers : run.embedding().threads(),
        Execution.CPU,
        SharedMemoryNeed.of(run));
  }

  private static int workersHere(SparkSection spark, int workers) {
    return SparkApplication.isLocal(SparkApplication.master(spark.master())) ? workers : 0;
  }
}
