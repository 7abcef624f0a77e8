package io.headwater.driver.config;

/** Who trains word vectors. */
public record WordTrainingSection(
    @Setting(
            value =
                "workers, each one Spark task; with more than one, or more than one parameter shard,"
                    + " the shards hold the matrices",
            defaultValue = "1")
        int workers,
    @Setting(
            value =
                "where the shards hold the matrices: words, once frequent ones are thinned out, that"
                    + " a worker trains on between two exchanges of rows; of glove, co-occurrences",
            derived = "10000 divided by `training.workers`, at least 500; 1000000 for glove")
        int blockWords) {
  public WordTrainingSection {
    Check.that("training.workers", workers, workers >= 1 && workers <= 10_000, "in [1, 10000]");
    Check.that(
        "training.block-words",
        blockWords,
        blockWords >= 100 && blockWords <= 10_000_000,
        "in [100, 10000000]");
  }
}
