package io.headwater.deploy.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Shape of the dashboards; what their queries return is tried with the whole system. */
class DashboardTest {
  private static final Set<String> PANELS =
      Set.of("timeseries", "stat", "table", "bargauge", "state-timeline", "heatmap");
  private static final int GRID = 24;

  @TempDir private Path folder;

  static Stream<Path> dashboards() throws IOException {
    return Dashboards.files().stream();
  }

  @Test
  void thereAreSevenAndGrafanaIsPointedAtThem() throws IOException {
    assertThat(dashboards()).hasSize(7);
    assertThat(Repository.ROOT.resolve("deploy/grafana/dashboards").toRealPath())
        .isEqualTo(Repository.CHART.resolve("dashboards").toRealPath());
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void isProvisionedReadOnlyByItsFileName(Path file) throws IOException {
    JsonNode dashboard = Dashboards.read(file);
    assertThat(dashboard.path("uid").asText() + ".json").isEqualTo(file.getFileName().toString());
    assertThat(dashboard.path("uid").asText()).hasSizeLessThanOrEqualTo(40);
    assertThat(dashboard.path("schemaVersion").asInt()).isGreaterThanOrEqualTo(39);
    assertThat(dashboard.path("editable").asBoolean(true)).isFalse();
    assertThat(dashboard.path("graphTooltip").asInt()).isEqualTo(1);
    assertThat(dashboard.at("/tags/0").asText()).isEqualTo("headwater");
    assertThat(dashboard.has("id")).isFalse();
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void everyPanelSaysWhatItShowsInWhichUnit(Path file) throws IOException {
    Set<Integer> ids = new HashSet<>();
    for (JsonNode panel : Dashboards.read(file).path("panels")) {
      String title = panel.path("title").asText();
      assertThat(title).isNotBlank();
      assertThat(ids.add(panel.path("id").asInt())).as(title).isTrue();
      assertThat(panel.path("type").asText()).as(title).isIn(PANELS);
      assertThat(panel.path("description").asText()).as(title).isNotBlank();
      assertThat(panel.at("/datasource/uid").asText()).as(title).isEqualTo("${datasource}");
      assertThat(panel.at("/fieldConfig/defaults/unit").asText()).as(title).isNotBlank();
      assertThat(panel.path("targets")).as(title).isNotEmpty();
      for (JsonNode target : panel.path("targets")) {
        assertThat(target.at("/datasource/uid").asText()).as(title).isEqualTo("${datasource}");
        assertThat(target.path("legendFormat").asText()).as(title).isNotBlank();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void isOfTheNamespaceThatIsChosen(Path file) throws IOException {
    JsonNode dashboard = Dashboards.read(file);
    assertThat(dashboard.at("/templating/list").findValuesAsText("name")).contains("namespace");
    for (JsonNode expression : dashboard.findValues("expr")) {
      String query = expression.asText();
      if (!query.contains("ALERTS{")) { // those of a run have no namespace
        assertThat(query).contains("namespace=~\"$namespace\"");
      }
    }
  }

  /** Who looks at a run sees on every one of its dashboards when it was disturbed. */
  @ParameterizedTest
  @MethodSource("dashboards")
  void marksInterruptionsAndCheckpointsOfPretraining(Path file) throws IOException {
    assumeFalse(file.toString().matches(".*-(ingest|finetune)[.]json"), "a run without shards");
    assertThat(Dashboards.read(file).at("/annotations/list").findValuesAsText("name"))
        .contains("Interruptions", "Checkpoints");
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void panelsDoNotOverlap(Path file) throws IOException {
    Set<String> taken = new HashSet<>();
    for (JsonNode panel : Dashboards.read(file).path("panels")) {
      JsonNode at = panel.path("gridPos");
      assertThat(at.path("x").asInt() + at.path("w").asInt()).isLessThanOrEqualTo(GRID);
      for (int x = at.path("x").asInt(); x < at.path("x").asInt() + at.path("w").asInt(); x++) {
        for (int y = at.path("y").asInt(); y < at.path("y").asInt() + at.path("h").asInt(); y++) {
          assertThat(taken.add(x + "," + y)).as("%s", panel.path("title")).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void queriesNameOnlyMetricsThatTheCodeHas(Path file) throws IOException {
    for (JsonNode expression : Dashboards.read(file).findValues("expr")) {
      assertThat(KnownMetrics.ofTheCode()).containsAll(KnownMetrics.in(expression.asText()));
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void prometheusParsesEveryQuery(Path file) throws Exception {
    ObjectNode rules = new YAMLMapper().createObjectNode();
    ObjectNode group = rules.putArray("groups").addObject();
    group.put("name", "queries");
    ArrayNode records = group.putArray("rules");
    for (String query : Dashboards.queries(file, "a")) {
      records.addObject().put("record", "query:" + records.size()).put("expr", query);
    }
    assertThat(records).isNotEmpty();
    Path written = folder.resolve("queries.yaml");
    new YAMLMapper().writeValue(written.toFile(), rules);
    Promtool.succeeds("check", "rules", written.toString());
  }
}
