package io.headwater.deploy.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MetricsPageTest {
  private static final Path PAGE = Repository.ROOT.resolve("docs/metrics.md");

  @Test
  void thePageListsExactlyTheMetricsOfTheCode() throws IOException {
    Set<String> known = KnownMetrics.ofTheCode();
    assertThat(known).hasSizeGreaterThan(30);
    assertThat(KnownMetrics.in(Files.readString(PAGE))).isEqualTo(known);
  }

  /** Type and labels; with {@code -Dheadwater.write-docs=true} they are written instead. */
  @Test
  void everyRowHasTheTypeAndTheLabelsOfTheCode() throws IOException {
    Map<String, String> declared = KnownMetrics.declarations();
    assertThat(declared).hasSizeGreaterThan(30);
    StringBuilder generated = new StringBuilder();
    for (String line : Files.readAllLines(PAGE)) {
      generated.append(row(line, declared)).append('\n');
    }
    if (Boolean.getBoolean("headwater.write-docs")) {
      Files.writeString(PAGE, generated);
    }
    assertThat(Files.readString(PAGE)).isEqualTo(generated.toString());
  }

  /** A line of the page, with type and labels of the code if it describes a metric. */
  private static String row(String line, Map<String, String> declared) {
    String[] cells = line.split("\\|", -1);
    if (!line.startsWith("| `headwater_") || cells.length < 5) {
      return line;
    }
    String name = cells[1].strip().replace("`", "");
    if (!declared.containsKey(name)) { // made by a collector of its own
      return line;
    }
    String[] ofTheCode = declared.get(name).split("\\|", -1);
    cells[2] = " " + ofTheCode[0].strip() + " ";
    cells[3] = (" " + ofTheCode[1].strip() + " ").replace("  ", " ");
    return String.join("|", cells);
  }
}
