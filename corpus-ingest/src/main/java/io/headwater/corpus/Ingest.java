package io.headwater.corpus;

import org.apache.spark.sql.SparkSession;

/** Reads documents and writes a corpus folder, as one Spark application's jobs. */
public final class Ingest {
  private Ingest() {}

  /**
   * Runs an ingest. The output folder appears whole at the end or not at all.
   *
   * @throws io.headwater.checkpoint.UserException when the input or the output folder is wrong
   */
  public static IngestReport run(SparkSession spark, IngestConfig config, IngestProgress progress) {
    throw new UnsupportedOperationException("not landed yet: " + spark + config + progress);
  }
}
