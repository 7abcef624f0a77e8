package io.headwater.deploy.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MetricsPageTest {
  @Test
  void thePageListsExactlyTheMetricsOfTheCode() throws IOException {
    Set<String> known = KnownMetrics.ofTheCode();
    assertThat(known).hasSizeGreaterThan(30);
    String page = Files.readString(Repository.ROOT.resolve("docs/metrics.md"));
    assertThat(KnownMetrics.in(page)).isEqualTo(known);
  }

  @Test
  void everyRowHasTheTypeAndTheLabelsOfTheCode() throws IOException {
    Map<String, String> rows = new TreeMap<>();
    for (String line : Files.readAllLines(Repository.ROOT.resolve("docs/metrics.md"))) {
      String[] cells = line.split("\\|", -1);
      if (line.startsWith("| `headwater_") && cells.length > 4) {
        String name = cells[1].strip().replace("`", "");
        rows.put(name, cells[2].strip() + " | " + cells[3].strip());
      }
    }
    Map<String, String> declared = KnownMetrics.declarations();
    assertThat(declared).hasSizeGreaterThan(30);
    assertThat(rows).containsAllEntriesOf(declared);
  }
}
