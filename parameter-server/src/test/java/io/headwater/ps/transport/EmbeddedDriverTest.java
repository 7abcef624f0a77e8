package io.headwater.ps.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.CollectorRegistry;
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

  /** As a process leaves it that is killed, once its directory was removed. */
  @Test
  void aNoteOfADriverThatIsGoneIsTakenBackAndThatOfOneAtWorkIsNot() throws Exception {
    Path gone = EmbeddedDriver.sharedMemory().resolve("headwater-driver-" + deadProcess() + "-1");
    try (EmbeddedDriver atWork = EmbeddedDriver.launch()) {
      LocalDrivers.announce(65_534, gone.toString());
      LocalDrivers.announce(65_535, atWork.directory());
      EmbeddedDriver.launch().close();
      assertThat(EmbeddedDriver.sharedMemory().resolve("headwater-port-65534")).doesNotExist();
      assertThat(EmbeddedDriver.sharedMemory().resolve("headwater-port-65535")).exists();
    } finally {
      LocalDrivers.withdraw(65_534);
      LocalDrivers.withdraw(65_535);
    }
  }

  @Test
  void tellsWhatTheKernelGrantsAndWhatItHasMapped() {
    try (EmbeddedDriver driver = EmbeddedDriver.launch()) {
      assertThat(value("headwater_socket_buffer_bytes", "requested")).isEqualTo(4 << 20);
      assertThat(value("headwater_socket_buffer_bytes", "granted"))
          .isPositive()
          .isLessThanOrEqualTo(4 << 20);
      assertThat(CollectorRegistry.defaultRegistry.getSampleValue("headwater_aeron_mapped_bytes"))
          .as("its control file and counters")
          .isGreaterThan(1 << 20);
    }
  }

  private static double value(String name, String kind) {
    return CollectorRegistry.defaultRegistry.getSampleValue(
        name, new String[] {"kind"}, new String[] {kind});
  }

  private static long deadProcess() throws IOException, InterruptedException {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    return process.pid();
  }
}
