package io.headwater.deploy.kustomize;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.deploy.Kustomize;
import io.headwater.deploy.PodSpecs;
import io.headwater.deploy.StrictManifests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KustomizeTest {
  /** With {@code -Dheadwater.write-docs=true} the files are written instead. */
  @Test
  void theFilesAreWhatTheChartRenders() throws IOException {
    assertIsUpToDate("base/headwater.yaml", PlainManifests.base());
    assertIsUpToDate("overlays/monitoring/monitoring.yaml", PlainManifests.monitoring());
    assertIsUpToDate("overlays/gpu/configuration.yaml", PlainManifests.gpu());
    assertIsUpToDate("overlays/kueue/configuration.yaml", PlainManifests.kueue());
    assertIsUpToDate("overlays/volcano/configuration.yaml", PlainManifests.volcano());
    assertIsUpToDate("overlays/volcano/podgroup.yaml", PlainManifests.podGroup());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "base",
        "overlays/dev",
        "overlays/monitoring",
        "overlays/gpu",
        "overlays/kueue",
        "overlays/volcano"
      })
  void rendersObjectsThatKubernetesKnowsAndRestrictedPods(String path) throws Exception {
    List<JsonNode> objects = kustomize(path);
    assertThat(objects).hasSizeGreaterThan(8);
    for (JsonNode object : objects) {
      assertThat(StrictManifests.parse(object)).isNotNull();
      if (!object.path("kind").asText().equals("Namespace")) {
        assertThat(object.at("/metadata/namespace").asText()).isEqualTo("headwater");
      }
    }
    PodSpecs.of(objects).forEach(PodSpecs::assertRestricted);
  }

  @Test
  void overlaysChangeWhatTheySay() throws Exception {
    assertThat(kustomize("overlays/dev"))
        .noneMatch(object -> object.path("kind").asText().equals("PodDisruptionBudget"))
        .anyMatch(object -> object.at("/spec/backoffLimit").asInt() == 1);
    assertThat(kustomize("overlays/monitoring"))
        .anyMatch(object -> object.path("kind").asText().equals("PrometheusRule"));
    assertThat(kustomize("overlays/gpu"))
        .anyMatch(
            object ->
                object
                    .at("/data/spark.properties")
                    .asText()
                    .contains("spark.executor.resource.gpu.amount 1"));
    assertThat(kustomize("overlays/kueue"))
        .anyMatch(object -> object.at("/metadata/labels/kueue.x-k8s.io~1queue-name").isTextual())
        .anyMatch(
            object -> object.at("/data/executor.yaml").asText().contains("pod-group-total-count"));
    assertThat(kustomize("overlays/volcano"))
        .anyMatch(object -> object.path("kind").asText().equals("PodGroup"))
        .anyMatch(
            object -> object.at("/data/executor.yaml").asText().contains("schedulerName: volcano"));
  }

  private static void assertIsUpToDate(String name, String text) throws IOException {
    Path file = PlainManifests.FOLDER.resolve(name);
    if (Boolean.getBoolean("headwater.write-docs")) {
      Files.writeString(file, text);
    }
    assertThat(Files.readString(file)).isEqualTo(text);
  }

  private static List<JsonNode> kustomize(String path) throws IOException, InterruptedException {
    return Kustomize.render(PlainManifests.FOLDER.resolve(path));
  }
}
