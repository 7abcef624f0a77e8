package io.headwater.deploy.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MetricsPageTest {
  private static final int CELLS = 7; // metric, type, labels, unit, meaning, between bars

  /** By the end of a metric's name; the first that fits. */
  private static final List<Map.Entry<String, String>> UNITS =
      List.of(
          Map.entry("_timestamp_seconds", "s since 1970"),
          Map.entry("_seconds", "s"),
          Map.entry("_bytes", "bytes"),
          Map.entry("_ratio", "ratio"),
          Map.entry("_steps", "steps"),
          Map.entry("_info", "1"));

  private static final Path PAGE = Repository.ROOT.resolve("docs/metrics.md");

  @Test
  void thePageListsExactlyTheMetricsOfTheCode() throws IOException {
    Set<String> known = KnownMetrics.ofTheCode();
    assertThat(known).hasSizeGreaterThan(30);
    assertThat(KnownMetrics.in(Files.readString(PAGE))).isEqualTo(known);
  }

  /**
   * Type, labels and, where the name says it, the unit; with {@code -Dheadwater.write-docs=true}
   * they are written instead.
   */
  @Test
  void everyRowHasTheTypeTheLabelsAndTheUnitOfTheCode() throws IOException {
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
    if (!line.startsWith("| `headwater_")) {
      return line;
    }
    assertThat(cells).as(line).hasSize(CELLS);
    String name = cells[1].strip().replace("`", "");
    if (declared.containsKey(name)) { // not made by a collector of its own
      String[] ofTheCode = declared.get(name).split("\\|", -1);
      cells[2] = " " + ofTheCode[0].strip() + " ";
      cells[3] = (" " + ofTheCode[1].strip() + " ").replace("  ", " ");
    }
    UNITS.stream()
        .filter(unit -> name.replaceFirst("_total$", "").endsWith(unit.getKey()))
        .findFirst()
        .ifPresent(unit -> cells[4] = " " + unit.getValue() + " ");
    assertThat(cells[4]).as("unit of %s", name).isNotBlank();
    return String.join("|", cells);
  }
}
