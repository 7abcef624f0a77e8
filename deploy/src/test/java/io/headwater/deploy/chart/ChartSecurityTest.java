package io.headwater.deploy.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.deploy.PodSpecs;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The run's secret reaches every pod that has to prove it, and no object that others can read. */
class ChartSecurityTest {
  private static final String FILE = "/etc/headwater-secret/secret";

  @Test
  void everyPodOfARunReadsTheSecretFromTheSameFile() throws IOException {
    List<JsonNode> objects = Chart.render(Map.of("security.existingSecret", "of-the-run"));
    JsonNode config = Chart.find(objects, "ConfigMap", "r-run");
    assertThat(config.at("/data/run.yaml").asText())
        .contains("secret-file: " + FILE, "frames: encrypt");

    Map<String, JsonNode> pods = new HashMap<>(PodSpecs.of(objects));
    pods.keySet().removeIf(name -> name.startsWith("Pod ")); // of helm test
    assertThat(pods).hasSize(4);
    pods.forEach(
        (name, pod) -> {
          JsonNode volume = named(pod.path("volumes"), "run-secret");
          assertThat(volume.at("/secret/secretName").asText()).as(name).isEqualTo("of-the-run");
          assertThat(volume.at("/secret/defaultMode").asInt()).as(name).isEqualTo(0440);
          JsonNode mount = named(pod.at("/containers/0/volumeMounts"), "run-secret");
          assertThat(mount.path("mountPath").asText() + "/secret").as(name).isEqualTo(FILE);
          assertThat(mount.path("readOnly").asBoolean()).as(name).isTrue();
        });
  }

  @Test
  void withoutASecretNothingIsMounted() throws IOException {
    assertThat(Chart.render(Map.of()).toString()).doesNotContain("headwater-secret");
  }

  private static JsonNode named(JsonNode list, String name) {
    for (JsonNode item : list) {
      if (item.path("name").asText().equals(name)) {
        return item;
      }
    }
    throw new AssertionError("Cannot find " + name + " in " + list);
  }
}
