package io.headwater.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints on a real name node with two data nodes. */
class HdfsCheckpointIT {
  @TempDir static Path disk;
  private static MiniDFSCluster cluster;

  @BeforeAll
  static void start() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, disk.toString());
    configuration.setInt("dfs.replication", 2);
    cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(2).build();
    cluster.waitActive();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.shutdown();
    }
  }

  @Test
  void writtenByThreeShardsReadByTwo() {
    String output = cluster.getURI() + "/runs/a";
    String folder = Models.writeByShards(output, Models.LAYOUT, 7, 3);
    assertThat(folder).startsWith("hdfs://").endsWith("/runs/a/step-00000007");
    try (Checkpoint newest = Checkpoint.newest(output).orElseThrow()) {
      assertThat(newest.step()).isEqualTo(7);
      CheckpointTest.assertVectors(newest, 7);
    }
  }

  @Test
  void replacesAStepAndKeepsTheNewest() {
    String output = cluster.getURI() + "/runs/b";
    for (long step : List.of(1L, 2L, 2L, 3L)) {
      Models.writeByShards(output, Models.LAYOUT, step, 2);
    }
    CheckpointCommit.keepNewest(output, 2);
    CheckpointCommit.discardUnfinished(output);
    assertThat(Storage.of(Storage.path(output)).children(Storage.path(output)))
        .extracting(org.apache.hadoop.fs.Path::getName)
        .containsExactly("step-00000002", "step-00000003");
  }

  @Test
  void refusesAFlippedByte() throws IOException {
    String folder = Models.writeByShards(cluster.getURI() + "/runs/c", Models.LAYOUT, 1, 1);
    DistributedFileSystem hdfs = cluster.getFileSystem();
    org.apache.hadoop.fs.Path model = new org.apache.hadoop.fs.Path(folder, "model.safetensors");
    byte[] bytes;
    try (FSDataInputStream in = hdfs.open(model)) {
      bytes = in.readAllBytes();
    }
    bytes[bytes.length - 1] ^= 1;
    try (FSDataOutputStream out = hdfs.create(model, true)) {
      out.write(bytes);
    }
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("model.safetensors has SHA-256");
  }
}
