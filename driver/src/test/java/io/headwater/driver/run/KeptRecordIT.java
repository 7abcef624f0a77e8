package io.headwater.driver.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The record of a run whose checkpoints are on a real name node. */
class KeptRecordIT {
  @TempDir static Path disk;
  private static MiniDFSCluster cluster;

  @BeforeAll
  static void start() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, disk.resolve("hdfs").toString());
    cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    cluster.waitActive();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.shutdown();
    }
  }

  @Test
  void aRunThatGoesOnElsewhereKnowsItsPast() throws IOException {
    String output = cluster.getURI() + "/runs/a";
    Path lost = disk.resolve("lost");
    try (RunFolder folder = RunFolder.open(lost, output, 0)) {
      for (int step = 1; step <= 3; step++) {
        append(folder, step);
      }
      Files.writeString(lost.resolve(RunFolder.STATUS), "{}");
      folder.keep();
      append(folder, 4); // after the last checkpoint, by a process that is killed
    }
    Path elsewhere = disk.resolve("elsewhere");
    List<Long> steps = new ArrayList<>();
    try (RunFolder folder = RunFolder.open(elsewhere, output, 3)) {
      folder.forEachStep((step, loss, speed) -> steps.add(step));
      assertThat(folder.before().step()).isEqualTo(4);
      assertThat(folder.before().tokens()).isEqualTo(300);
    }
    assertThat(steps).containsExactly(1L, 2L, 3L);
    assertThat(elsewhere.resolve(RunFolder.STATUS)).hasContent("{}");
  }

  @Test
  void aRunOfItsOwnFolderTakesThat() throws IOException {
    String output = cluster.getURI() + "/runs/b";
    try (RunFolder folder = RunFolder.open(disk.resolve("first"), output, 0)) {
      append(folder, 1);
    }
    Path own = Files.createDirectory(disk.resolve("own"));
    Files.writeString(own.resolve(RunFolder.METRICS), "{\"step\":9,\"loss\":1.0}\n");
    try (RunFolder folder = RunFolder.open(own, output, 9)) {
      assertThat(folder.before().step()).isEqualTo(9);
    }
  }

  private static void append(RunFolder folder, int step) {
    folder.appendMetrics(
        JsonNodeFactory.instance
            .objectNode()
            .put("step", step)
            .put("loss", 1.0 / step)
            .put("tokens", 100L * step));
  }
}
