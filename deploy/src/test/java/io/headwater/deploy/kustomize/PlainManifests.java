package io.headwater.deploy.kustomize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.headwater.deploy.Repository;
import io.headwater.deploy.chart.Chart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The manifests for those without Helm: the chart's objects, without what is Helm's own. */
final class PlainManifests {
  static final Path FOLDER = Repository.ROOT.resolve("deploy/k8s");
  private static final String NAME = "headwater";
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .build();

  private PlainManifests() {}

  static String base() throws IOException {
    return yaml(render(Map.of()), object -> true);
  }

  static String monitoring() throws IOException {
    return yaml(
        render(
            Map.of(
                "monitoring.serviceMonitor.enabled", true,
                "monitoring.podMonitor.enabled", true,
                "monitoring.prometheusRule.enabled", true,
                "monitoring.dashboards.enabled", true)),
        object ->
            object.path("apiVersion").asText().startsWith("monitoring.coreos.com")
                || object.at("/metadata/labels").has("grafana_dashboard"));
  }

  /** The run's ConfigMap with a GPU for each worker. */
  static String gpu() throws IOException {
    return yaml(
        render(Map.of("worker.gpus", 1, "run.training.device", "cuda:0")),
        object -> object.at("/data/spark.properties").isTextual());
  }

  /** The run's ConfigMap with workers that wait in a queue of Kueue. */
  static String kueue() throws IOException {
    return yaml(
        render(Map.of("scheduling.backend", "kueue", "scheduling.queue", "training")),
        object -> object.at("/data/spark.properties").isTextual());
  }

  /** The run's ConfigMap with workers that Volcano starts together. */
  static String volcano() throws IOException {
    return yaml(
        render(Map.of("scheduling.backend", "volcano")),
        object -> object.at("/data/spark.properties").isTextual());
  }

  /** Whom Volcano starts together. */
  static String podGroup() throws IOException {
    return yaml(
        render(Map.of("scheduling.backend", "volcano")),
        object -> object.path("kind").asText().equals("PodGroup"));
  }

  private static List<JsonNode> render(Map<String, Object> values) throws IOException {
    return Chart.render(NAME, NAME, FOLDER.resolve("values.yaml"), values);
  }

  private static String yaml(List<JsonNode> objects, Predicate<JsonNode> wanted)
      throws IOException {
    StringBuilder text =
        new StringBuilder(
            "# Made from helm/headwater with deploy/k8s/values.yaml; see README.md.\n");
    for (JsonNode object : objects) {
      if (wanted.test(object)) {
        ObjectNode labels = (ObjectNode) object.at("/metadata/labels");
        labels.remove(List.of("helm.sh/chart", "app.kubernetes.io/managed-by"));
        text.append(YAML.writeValueAsString(object));
      }
    }
    return text.toString();
  }
}
