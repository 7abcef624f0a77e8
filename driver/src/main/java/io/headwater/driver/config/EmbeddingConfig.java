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
    SparkSection spark) {
  public EmbeddingConfig {
    Objects.requireNonNull(run, "run");
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(embedding, "embedding");
    Objects.requireNonNull(spark, "spark");
    Check.text("corpus", corpus);
    Check.text("output", output);
  }

  /** In the keys of the YAML file. */
  public ObjectNode toJson() {
    return ConfigJson.of(this);
  }
}
