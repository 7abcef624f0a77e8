package io.headwater.driver.doctor;

import io.headwater.checkpoint.StorageProbe;
import io.headwater.driver.run.BuildInfo;
import java.util.List;

/** Versions of what the program runs on, against those that it was built and tested with. */
final class VersionCheck implements Check {
  private final String spark;
  private final String hadoop;

  /** Of what this process runs on. */
  VersionCheck() {
    this(org.apache.spark.package$.MODULE$.SPARK_VERSION(), StorageProbe.hadoopVersion());
  }

  VersionCheck(String spark, String hadoop) {
    this.spark = spark;
    this.hadoop = hadoop;
  }

  @Override
  public List<Finding> findings() {
    BuildInfo build = BuildInfo.current();
    return List.of(finding("spark", spark, build), finding("hadoop", hadoop, build));
  }

  private static Finding finding(String library, String found, BuildInfo build) {
    String built = build.libraries().getOrDefault(library, "");
    return Finding.required(
        line(found).equals(line(built)),
        library,
        found + "; supported: " + line(built) + ".x",
        "run with " + library + " " + built + ", also on the cluster: its jars come first there");
  }

  /** Releases of one line, as 4.1, keep what we use of them. */
  private static String line(String version) {
    String[] parts = version.split("\\.", 3);
    return parts.length < 2 ? version : parts[0] + "." + parts[1];
  }
}
