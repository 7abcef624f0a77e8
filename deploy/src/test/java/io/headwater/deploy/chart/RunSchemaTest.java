package io.headwater.deploy.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The schema of {@code run} has the keys that the pretrain command reads, as docs/config-properties
 * lists them (which a test of the driver compares with its records), but for what the chart sets.
 */
class RunSchemaTest {
  private static final Path PAGE = Repository.ROOT.resolve("docs/config-properties.md");
  private static final Pattern ROW = Pattern.compile("\\| `([a-z0-9.-]+)` \\| ([^|]+) \\|.*");
  private static final Pattern SET_BY_THE_CHART =
      Pattern.compile(
          "(run|metrics|spark|security)\\..*"
              + "|parameter-server\\.(shards|host|(coordinator-)?port|endpoints|start-timeout)");

  @Test
  void everyKeyOfTheDriverAndNoOtherIsAllowed() throws IOException {
    Map<String, String> read = new TreeMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches() && !SET_BY_THE_CHART.matcher(row.group(1)).matches()) {
        read.put(row.group(1), type(row.group(2)));
      }
    }
    assertThat(read).hasSizeGreaterThan(50);
    Map<String, String> allowed = new TreeMap<>();
    JsonNode schema =
        new ObjectMapper().readTree(Repository.CHART.resolve("values.schema.json").toFile());
    collect("", schema.at("/properties/run"), allowed);
    assertThat(allowed).isEqualTo(read);
  }

  @Test
  void settingsOfTheServersJoinWhatTheChartSets() throws IOException {
    List<JsonNode> objects = Chart.render(Map.of("run.parameter-server.push-codec", "bf16"));
    assertThat(Chart.runFile(objects).orElseThrow())
        .contains("push-codec: bf16", "coordinator-port: 40300", "- r-ps-0-0.");
  }

  private static void collect(String prefix, JsonNode schema, Map<String, String> keys) {
    assertThat(schema.path("additionalProperties").asBoolean(true)).as(prefix).isFalse();
    schema
        .path("properties")
        .fields()
        .forEachRemaining(
            property -> {
              JsonNode value = property.getValue();
              String name = prefix + property.getKey();
              if (value.has("properties")) {
                collect(name + ".", value, keys);
              } else {
                keys.put(name, value.path("type").asText("string"));
              }
            });
  }

  private static String type(String documented) {
    return switch (documented.strip()) {
      case "whole number" -> "integer";
      case "number" -> "number";
      case "list" -> "array";
      default -> "string";
    };
  }
}
