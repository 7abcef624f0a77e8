package io.headwater.driver.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this process that is in use, native memory included, as Linux tells it. */
final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final long KIB = 1024;

  private ResidentMemory() {}

  /** 0 where there is no such file. */
  static long bytes() {
    return read("VmRSS:");
  }

  /** The most that it ever was. */
  static long peakBytes() {
    return read("VmHWM:");
  }

  private static long read(String name) {
    if (!Files.isReadable(STATUS)) {
      return 0;
    }
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> KIB * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
