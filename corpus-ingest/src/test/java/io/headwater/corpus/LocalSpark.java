package io.headwater.corpus;

import org.apache.spark.sql.SparkSession;

/** A small Spark of this process, for tests. */
final class LocalSpark {
  private LocalSpark() {}

  static SparkSession start(int threads) {
    return SparkSession.builder()
        .master("local[" + threads + "]")
        .appName("ingest-test")
        .config("spark.ui.enabled", false)
        .config("spark.sql.shuffle.partitions", 4)
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate();
  }
}
