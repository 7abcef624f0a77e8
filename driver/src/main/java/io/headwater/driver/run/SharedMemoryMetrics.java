package io.headwater.driver.run;

import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Room in {@code /dev/shm}: a process that writes to a log of Aeron beyond it dies of SIGBUS. */
final class SharedMemoryMetrics extends Collector {
  private static final Path FOLDER = Path.of("/dev/shm");

  @Override
  public List<MetricFamilySamples> collect() {
    if (!Files.isDirectory(FOLDER)) {
      return List.of();
    }
    GaugeMetricFamily bytes =
        new GaugeMetricFamily(
            "headwater_shared_memory_bytes", "Size of /dev/shm and room in it.", List.of("kind"));
    try {
      FileStore store = Files.getFileStore(FOLDER);
      bytes.addMetric(List.of("total"), store.getTotalSpace());
      bytes.addMetric(List.of("free"), store.getUsableSpace());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.of(bytes);
  }
}
