package io.headwater.deploy.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.headwater.deploy.PodSpecs;
import io.headwater.deploy.Repository;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChartMonitoringTest {
  @Test
  void nothingOfThePrometheusOperatorIsMadeUnlessAskedFor() throws IOException {
    assertThat(Chart.render(Map.of()))
        .extracting(object -> object.path("apiVersion").asText())
        .isNotEmpty()
        .noneMatch(version -> version.startsWith("monitoring.coreos.com"));
  }

  @Test
  void theRulesAreThoseOfTheFileWithLinksToWhereRunbooksAndDashboardsAre() throws IOException {
    JsonNode file =
        new YAMLMapper().readTree(Repository.CHART.resolve("rules/headwater.yaml").toFile());
    List<JsonNode> objects =
        Chart.render(
            Map.of(
                "monitoring.prometheusRule.enabled",
                true,
                "monitoring.prometheusRule.runbooks",
                "https://docs.example.com",
                "monitoring.prometheusRule.grafana",
                "https://grafana.example.com"));
    JsonNode rendered = Chart.find(objects, "PrometheusRule", "r").path("spec");
    assertThat(rendered.toString())
        .isEqualTo(
            file.toString()
                .replace("\"docs/runbooks.md", "\"https://docs.example.com/runbooks.md")
                .replace("\"/d/headwater-", "\"https://grafana.example.com/d/headwater-"));
  }

  @Test
  void everyDashboardIsAConfigMapForTheSidecar() throws IOException {
    List<JsonNode> maps =
        Chart.render(Map.of("monitoring.dashboards.enabled", true)).stream()
            .filter(object -> object.at("/metadata/labels/grafana_dashboard").asText().equals("1"))
            .toList();
    assertThat(maps).hasSize(7);
    for (JsonNode map : maps) {
      String name = map.path("data").fieldNames().next();
      ObjectMapper json = new ObjectMapper();
      assertThat(json.readTree(map.path("data").path(name).asText()))
          .isEqualTo(json.readTree(Repository.CHART.resolve("dashboards/" + name).toFile()));
    }
  }

  @Test
  void monitorsSelectTheMetricsPortOfEveryProcess() throws IOException {
    List<JsonNode> objects =
        Chart.render(
            Map.of(
                "monitoring.serviceMonitor.enabled", true,
                "monitoring.podMonitor.enabled", true));
    JsonNode service = Chart.find(objects, "Service", "r-ps");
    JsonNode shards = Chart.find(objects, "ServiceMonitor", "r-ps");
    shards
        .at("/spec/selector/matchLabels")
        .fields()
        .forEachRemaining(
            label ->
                assertThat(service.at("/metadata/labels").path(label.getKey()))
                    .isEqualTo(label.getValue()));
    assertThat(service.path("spec").path("ports"))
        .anyMatch(port -> port.path("name").equals(shards.at("/spec/endpoints/0/port")));
    JsonNode run = Chart.find(objects, "PodMonitor", "r-run").path("spec");
    assertThat(run.at("/selector/matchExpressions/0/values").toString())
        .isEqualTo("[\"driver\",\"worker\"]");
    assertThat(run.at("/podMetricsEndpoints/0/relabelings/1/replacement").asText()).isEqualTo("r");
  }

  /** A target that nobody answers at would be an alert; a process without a target has no panel. */
  @ParameterizedTest
  @ValueSource(strings = {"ingest", "fine-tune", "minimal", "full", "glove", "word-vectors"})
  void theMonitorSelectsThePodsThatServeMetricsAndNoOthers(String example) throws IOException {
    List<JsonNode> objects =
        Chart.render(
            Repository.CHART.resolve("ci/" + example + "-values.yaml"),
            Map.of("monitoring.podMonitor.enabled", true));
    JsonNode monitor = Chart.find(objects, "PodMonitor", "").path("spec");
    JsonNode selected = monitor.at("/selector/matchExpressions/0");
    assertThat(selected.path("key").asText()).isEqualTo("app.kubernetes.io/component");
    JsonNode port = monitor.at("/podMetricsEndpoints/0/port");
    Set<String> components = new TreeSet<>();
    selected.path("values").forEach(value -> components.add(value.asText()));
    Set<String> serving = new TreeSet<>();
    for (Map.Entry<String, JsonNode> pod : PodSpecs.of(objects).entrySet()) {
      for (JsonNode declared : pod.getValue().at("/containers/0/ports")) {
        if (declared.path("name").equals(port)) {
          serving.add(pod.getKey().split(" ", 2)[0]);
        }
      }
    }
    assertThat(serving).contains("Job");
    assertThat(components.contains("driver")).isTrue();
    assertThat(components.contains("worker")).isEqualTo(serving.contains("ConfigMap"));
    assertThat(Chart.runFile(objects).orElse("").contains("worker-port: 9400"))
        .isEqualTo(components.contains("worker"));
  }

  @Test
  void everyProcessWritesItsLogInTheFormatThatIsAskedFor() throws IOException {
    List<JsonNode> objects = Chart.render(Map.of("logFormat", "json"));
    PodSpecs.of(objects).entrySet().stream()
        .filter(pod -> !pod.getKey().startsWith("Pod ")) // of helm test
        .forEach(
            pod ->
                assertThat(
                        PodSpecs.environment(
                            pod.getValue().at("/containers/0"), "HEADWATER_LOG_FORMAT"))
                    .as(pod.getKey())
                    .isEqualTo("json"));
  }

  @Test
  void theStatusPageCanBeKeptFromTheNetwork() throws IOException {
    List<JsonNode> objects = Chart.render(Map.of("metricsAddress", "127.0.0.1"));
    assertThat(Chart.configuration(objects).at("/data/run.yaml").asText())
        .contains("address: 127.0.0.1");
    assertThatThrownBy(
            () ->
                Chart.render(
                    Map.of("metricsAddress", "127.0.0.1", "monitoring.podMonitor.enabled", true)))
        .hasMessageContaining("Cannot use metricsAddress: 127.0.0.1 with");
  }

  @Test
  void anIngestServesItsMetrics() throws IOException {
    JsonNode job =
        Chart.find(
            Chart.render(Repository.CHART.resolve("ci/ingest-values.yaml")), "Job", "r-ingest");
    assertThat(job.at("/spec/template/spec/containers/0/args").toString())
        .contains("\"--run-id\",\"r\"", "\"--metrics-port\",\"9400\"");
  }

  @Test
  void aFineTuningRunServesItsStatusToo() throws IOException {
    JsonNode job =
        Chart.find(
            Chart.render(Repository.CHART.resolve("ci/fine-tune-values.yaml")), "Job", "r-fine");
    assertThat(job.at("/spec/template/spec/containers/0/args").toString())
        .contains("\"--run-id\",\"r\"", "\"--metrics-port\",\"9400\"");
  }
}
