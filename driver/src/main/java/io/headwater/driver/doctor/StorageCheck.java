package io.headwater.driver.doctor;

import io.headwater.checkpoint.CheckpointException;
import io.headwater.checkpoint.StorageProbe;
import io.headwater.checkpoint.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a checkpoint needs of the file system under the output. */
final class StorageCheck implements Check {
  private static final double MOST_SKEW_SECONDS = 5;

  private final String output;

  StorageCheck(String output) {
    this.output = output;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    try {
      StorageProbe probe = StorageProbe.of(output);
      findings.add(
          Finding.ok(
              "storage",
              String.format(
                  Locale.ROOT,
                  "%s: write, read, rename, list, delete; %.0f MB/s written, %.0f read",
                  output,
                  probe.writtenBytesPerSecond() * 1e-6,
                  probe.readBytesPerSecond() * 1e-6)));
      findings.add(
          Finding.desired(
              Math.abs(probe.clockAheadSeconds()) <= MOST_SKEW_SECONDS,
              "clock of storage",
              String.format(Locale.ROOT, "%+.1f s from here", probe.clockAheadSeconds()),
              "keep clocks by NTP: S3 refuses requests signed 15 minutes off, Kerberos 5"));
    } catch (CheckpointException | UserException e) {
      findings.add(
          Finding.problem(
              "storage",
              String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString()),
              "see that the folder's owner, the credentials and the address are right (core-site.xml,"
                  + " spark.hadoop.fs.*)"));
    }
    return findings;
  }
}
