package io.headwater.driver.plan;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a machine has.
 *
 * @param memory bytes, of the container if it limits them
 * @param heap bytes that this process's heap may have
 * @param sharedMemory bytes free in /dev/shm
 */
record Machine(int processors, long memory, long heap, long sharedMemory) {
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  /** The one that this process runs on. */
  static Machine here() {
    try {
      return new Machine(
          Runtime.getRuntime().availableProcessors(),
          ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize(),
          Runtime.getRuntime().maxMemory(),
          Files.isDirectory(SHARED_MEMORY)
              ? Files.getFileStore(SHARED_MEMORY).getUsableSpace()
              : Long.MAX_VALUE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
