package io.headwater.ps.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.IoUtil;
import org.junit.jupiter.api.Test;

class EmbeddedDriverTest {
  /** As a process leaves it that is killed while its driver starts. */
  @Test
  void whatAnotherLeftHalfMadeIsRemovedAndDoesNotKeepThisOneFromStarting() throws Exception {
    Path left = EmbeddedDriver.sharedMemory().resolve("headwater-driver-" + deadProcess() + "-1");
    try {
      Files.createDirectory(left);
      try (RandomAccessFile cnc = new RandomAccessFile(left.resolve("cnc.dat").toFile(), "rw")) {
        cnc.setLength(1 << 20);
      }
      try (EmbeddedDriver driver = EmbeddedDriver.launch()) {
        assertThat(LocalDrivers.isAlive(driver.directory())).isTrue();
        assertThat(left).doesNotExist();
      }
    } finally {
      IoUtil.delete(left.toFile(), true);
    }
  }

  private static long deadProcess() throws IOException, InterruptedException {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    return process.pid();
  }
}
