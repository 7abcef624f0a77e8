package io.headwater.driver.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;

/** The whole configuration of a pretraining run. */
public record RunConfig(
    RunSection run,
    ModelSection model,
    @Setting("folder of the corpus shards, a path or Hadoop URI") String corpus,
    @Setting("folder for checkpoints and the run's record, a path or Hadoop URI") String output,
    TrainingSection training,
    ConsistencySection consistency,
    CheckpointSection checkpoint,
    ParameterServerSection parameterServer,
    SecuritySection security,
    MetricsSection metrics,
    SparkSection spark) {
  public RunConfig {
    Objects.requireNonNull(run, "run");
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(training, "training");
    Objects.requireNonNull(consistency, "consistency");
    Objects.requireNonNull(checkpoint, "checkpoint");
    Objects.requireNonNull(parameterServer, "parameterServer");
    Objects.requireNonNull(security, "security");
    Objects.requireNonNull(metrics, "metrics");
    Objects.requireNonNull(spark, "spark");
    Check.text("corpus", corpus);
    Check.text("output", output);
    Check.that(
        "training.steps",
        training.steps(),
        training.steps() % consistency.stepsPerUpdate() == 0,
        "a multiple of consistency.local-steps, " + consistency.localSteps());
  }

  /** In the keys of the YAML file. */
  public ObjectNode toJson() {
    return ConfigJson.of(this);
  }
}
