package io.headwater.ps.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.testing.JavaProcesses;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedVectorTest {
  @TempDir Path logs;

  /** A process that makes a vector, which removes those that nobody owns any more. */
  static final class Maker {
    private Maker() {}

    public static void main(String[] arguments) {
      SharedVector.create(10).orElseThrow().close();
    }
  }

  @Test
  void anotherProcessLeavesAVectorInUseAloneHoweverOftenItIsOpened() throws Exception {
    try (SharedVector vector = SharedVector.create(100).orElseThrow();
        SharedVector second = SharedVector.create(100).orElseThrow();
        JavaProcesses processes = new JavaProcesses(logs)) {
      vector.vector().write(7, new float[] {3.5f}, 0, 1);
      SharedVector.open(vector.id(), 100).orElseThrow().close();
      assertThat(SharedVector.open(vector.id(), 99)).isEmpty();
      Process maker = processes.start(Maker.class, List.of(), List.of());
      assertThat(maker.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(maker.exitValue()).isZero();
      for (SharedVector kept : List.of(vector, second)) {
        Path file = Path.of("/dev/shm", String.format("headwater-vector-%08x", kept.id()));
        assertThat(file).exists();
      }
      float[] read = new float[1];
      SharedVector.open(vector.id(), 100).orElseThrow().vector().read(7, read, 0, 1);
      assertThat(read).containsExactly(3.5f);
    }
  }

  @Test
  void aLeftOverVectorThatAnotherThreadLooksAtIsLeftAlone() throws Exception {
    Path leftOver = Files.createFile(Path.of("/dev/shm/headwater-vector-leftover"));
    try (FileChannel channel = FileChannel.open(leftOver, StandardOpenOption.WRITE)) {
      try (FileLock lock = channel.lock()) {
        SharedVector.create(10).orElseThrow().close();
        assertThat(leftOver).exists();
        assertThat(lock.isValid()).isTrue();
      }
      SharedVector.create(10).orElseThrow().close();
      assertThat(leftOver).as("once nobody does").doesNotExist();
    } finally {
      Files.deleteIfExists(leftOver);
    }
  }

  @Test
  void aVectorIsGoneWithItsOwner() {
    SharedVector vector = SharedVector.create(10).orElseThrow();
    vector.close();
    assertThat(SharedVector.open(vector.id(), 10)).isEmpty();
  }
}
