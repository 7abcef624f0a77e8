package io.headwater.driver.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;

/** The whole configuration of a run that trains word vectors. */
public record EmbeddingConfig(
    RunSection run,
    EmbeddingModelSection model,
    @Setting("text, words divided by blanks, a sentence a line: a file, folder or Hadoop URI")
        String corpus,
    @Setting("folder for checkpoints and the run's record, a path or Hadoop URI") String output,
    EmbeddingSection embedding,
    WordTrainingSection training,
    ParameterServerSection parameterServer,
    SecuritySection security,
    MetricsSection metrics,
    SparkSection spark) {
  public EmbeddingConfig {
    Objects.requireNonNull(run, "run");
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(embedding, "embedding");
    Objects.requireNonNull(training, "training");
    Objects.requireNonNull(parameterServer, "parameterServer");
    Objects.requireNonNull(security, "security");
    Objects.requireNonNull(metrics, "metrics");
    Objects.requireNonNull(spark, "spark");
    Check.text("corpus", corpus);
    Check.text("output", output);
    if (usesTables(training, parameterServer)) {
      checkTables(embedding);
    }
  }

  /** Whether parameter shards hold the matrices, as sparse tables. */
  public boolean usesTables() {
    return usesTables(training, parameterServer);
  }

  private static boolean usesTables(WordTrainingSection training, ParameterServerSection servers) {
    return training.workers() > 1 || servers.shards() > 1 || servers.isRemote();
  }

  private static void checkTables(EmbeddingSection embedding) {
    Check.that(
        "embedding.threads",
        embedding.threads(),
        embedding.threads() == 1,
        "1 where there are several workers or parameter shards: training.workers says how many"
            + " train at the same time");
  }

  /** In the keys of the YAML file. */
  public ObjectNode toJson() {
    return ConfigJson.of(this);
  }
}
