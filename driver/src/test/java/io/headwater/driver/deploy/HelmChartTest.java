package io.headwater.driver.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import io.headwater.driver.config.RunConfig;
import io.headwater.driver.config.RunConfigReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HelmChartTest {
  private static final Path CHART =
      Path.of(System.getProperty("headwater.root"), "helm", "headwater");
  private static final YAMLMapper YAML = new YAMLMapper();

  @TempDir private Path folder;

  @Test
  void passesStrictLint() {
    LintResult result = new Helm(CHART).lint().strict().call();
    assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
  }

  @Test
  void runFileIsOneThatThePretrainCommandAccepts() throws Exception {
    String file = find(render(Map.of()), "ConfigMap").at("/data/run.yaml").asText();
    Path path = folder.resolve("run.yaml");
    Files.writeString(path, file);
    RunConfig config = RunConfigReader.read(Optional.of(path), List.of(), Map.of());
    assertThat(config.parameterServer().endpoints())
        .containsExactly("r-ps-0.r-ps.ns.svc:40400", "r-ps-1.r-ps.ns.svc:40400");
    assertThat(config.metrics().port()).isEqualTo(9400);
  }

  @Test
  void startsAsManyShardsAsTheRunFileNames() throws Exception {
    List<JsonNode> objects = render(Map.of("parameterServer.shards", 3));
    assertThat(find(objects, "StatefulSet").at("/spec/replicas").asInt()).isEqualTo(3);
    JsonNode run = YAML.readTree(find(objects, "ConfigMap").at("/data/run.yaml").asText());
    assertThat(run.at("/parameter-server/endpoints")).hasSize(3);
  }

  @Test
  void heapAndSharedMemoryFitTheMemoryLimit() throws Exception {
    for (String kind : List.of("StatefulSet", "Job")) {
      JsonNode pod = find(render(Map.of()), kind).at("/spec/template/spec");
      JsonNode container = pod.at("/containers/0");
      long heap = mebibytes(container.at("/env/0/value").asText());
      long shared = mebibytes(pod.at("/volumes/1/emptyDir/sizeLimit").asText());
      assertThat(heap + shared)
          .as(kind)
          .isLessThanOrEqualTo(mebibytes(container.at("/resources/limits/memory").asText()));
    }
  }

  @Test
  void noContainerRunsAsRootOrWritesItsRootFileSystem() throws Exception {
    for (String kind : List.of("StatefulSet", "Job")) {
      JsonNode pod = find(render(Map.of()), kind).at("/spec/template/spec");
      assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).as(kind).isTrue();
      JsonNode security = pod.at("/containers/0/securityContext");
      assertThat(security.at("/readOnlyRootFilesystem").asBoolean()).as(kind).isTrue();
      assertThat(security.at("/allowPrivilegeEscalation").asBoolean(true)).as(kind).isFalse();
      assertThat(security.at("/capabilities/drop/0").asText()).as(kind).isEqualTo("ALL");
    }
  }

  @Test
  void refusesValuesThatItDoesNotKnow() {
    assertThatThrownBy(() -> render(Map.of("parameterServer.shrads", 3)))
        .hasMessageContaining("shrads");
    assertThatThrownBy(() -> render(Map.of("parameterServer.shards", 0)))
        .hasMessageContaining("shards");
  }

  private static List<JsonNode> render(Map<String, Object> values) throws Exception {
    TemplateCommand command =
        new Helm(CHART).template().withName("r").withNamespace("ns").withKubeVersion("1.31.0");
    values.forEach(command::set);
    List<JsonNode> objects = new ArrayList<>();
    try (MappingIterator<JsonNode> documents =
        YAML.readerFor(JsonNode.class).readValues(command.call())) {
      documents.forEachRemaining(
          document -> {
            if (document.hasNonNull("kind")) {
              objects.add(document);
            }
          });
    }
    return objects;
  }

  private static JsonNode find(List<JsonNode> objects, String kind) {
    return objects.stream()
        .filter(object -> object.path("kind").asText().equals(kind))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind + " is rendered"));
  }

  private static long mebibytes(String quantity) {
    long number = Long.parseLong(quantity.replaceAll("\\D", ""));
    return quantity.contains("G") || quantity.contains("g") ? 1024 * number : number;
  }
}
