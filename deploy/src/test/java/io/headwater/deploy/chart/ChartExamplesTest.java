package io.headwater.deploy.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.LintResult;
import io.headwater.deploy.PodSpecs;
import io.headwater.deploy.StrictManifests;
import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.config.EmbeddingConfigReader;
import io.headwater.driver.config.MetricsSection;
import io.headwater.driver.config.ParameterServerSection;
import io.headwater.driver.config.RunConfig;
import io.headwater.driver.config.RunConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for the chart whatever its values: tried with every file in its folder ci. */
class ChartExamplesTest {
  @TempDir private Path folder;

  static Stream<Path> examples() throws IOException {
    return Chart.examples();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void passesStrictLint(Path values) throws IOException {
    LintResult result = Chart.lint(values, folder);
    assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyObjectHasOnlyFieldsThatKubernetesKnows(Path values) throws IOException {
    List<JsonNode> objects = Chart.render(values);
    assertThat(objects).hasSizeGreaterThan(2);
    for (JsonNode object : objects) {
      assertThat(StrictManifests.parse(object)).isNotNull();
      assertThat(object.at("/metadata/namespace").asText()).as("%s", object).isEqualTo("ns");
      JsonNode executor = object.at("/data/executor.yaml");
      if (executor.isTextual()) {
        StrictManifests.parse(StrictManifests.documents(executor.asText()).get(0));
      }
    }
  }

  @Test
  void aFieldThatKubernetesDoesNotKnowIsFound() throws IOException {
    JsonNode shards = Chart.find(Chart.render(Map.of()), "StatefulSet", "r-ps");
    ((ObjectNode) shards.at("/spec/template/spec/containers/0")).put("memmory", "1Gi");
    assertThatThrownBy(() -> StrictManifests.parse(shards)).hasMessageContaining("memmory");
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyPodIsRestricted(Path values) throws IOException {
    Map<String, JsonNode> pods = PodSpecs.of(Chart.render(values));
    assertThat(pods).isNotEmpty();
    pods.forEach(PodSpecs::assertRestricted);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void onlyTheDriverThatStartsPodsHoldsAToken(Path values) throws IOException {
    List<JsonNode> objects = Chart.render(values);
    boolean starts = Chart.sparkConf(objects).containsKey("spark.executor.instances");
    PodSpecs.of(objects)
        .forEach(
            (name, pod) ->
                assertThat(pod.path("automountServiceAccountToken").asBoolean(true))
                    .as(name)
                    .isEqualTo(starts && (isDriver(name) || asksForRights(name))));
  }

  private static boolean isDriver(String pod) {
    return pod.startsWith("Job ") || pod.endsWith(" driver");
  }

  /** Of helm test: it asks what the driver's account may do. */
  private static boolean asksForRights(String pod) {
    return pod.equals("Pod r-test-rights") || pod.equals("Pod gpt-mini-test-rights");
  }

  @ParameterizedTest
  @MethodSource("examples")
  void heapOffHeapAndSharedMemoryAddUpToTheLimit(Path values) throws IOException {
    List<JsonNode> objects = Chart.render(values);
    JsonNode merged = ChartValues.merged(values);
    for (Map.Entry<String, JsonNode> made : PodSpecs.of(objects).entrySet()) {
      String name = made.getKey();
      if (isDriver(name) || name.startsWith("StatefulSet ")) {
        JsonNode pod = made.getValue();
        JsonNode part = merged.path(isDriver(name) ? "driver" : "parameterServer");
        JsonNode container = pod.at("/containers/0");
        long heap = PodSpecs.mebibytes(PodSpecs.environment(container, "HEADWATER_HEAP"));
        long offHeap = PodSpecs.mebibytes(part.path("offHeap").asText());
        String limit = container.at("/resources/limits/memory").asText();
        assertThat(heap + offHeap + PodSpecs.sharedMemory(pod))
            .as("%s of %s", name, values)
            .isEqualTo(PodSpecs.mebibytes(limit));
        assertThat(container.at("/resources/requests/memory").asText()).isEqualTo(limit);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void sparkAddsSharedMemoryToTheLimitOfExecutors(Path values) throws IOException {
    List<JsonNode> objects = Chart.render(values);
    Map<String, String> spark = Chart.sparkConf(objects);
    if (spark.containsKey("spark.executor.instances")) {
      JsonNode worker = ChartValues.merged(values).path("worker");
      Map<String, JsonNode> pods = PodSpecs.of(objects);
      pods.keySet().removeIf(name -> !name.startsWith("ConfigMap ") && !name.endsWith(" executor"));
      assertThat(pods).hasSize(1);
      long shared = PodSpecs.sharedMemory(pods.values().iterator().next());
      assertThat(shared).isEqualTo(PodSpecs.mebibytes(worker.path("sharedMemory").asText()));
      assertThat(PodSpecs.mebibytes(spark.get("spark.executor.memory")))
          .isEqualTo(PodSpecs.mebibytes(worker.path("heap").asText()));
      assertThat(PodSpecs.mebibytes(spark.get("spark.executor.memoryOverhead")))
          .isEqualTo(shared + PodSpecs.mebibytes(worker.path("offHeap").asText()));
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void runFileIsOneThatThePretrainCommandAccepts(Path values) throws IOException {
    List<JsonNode> objects = Chart.render(values);
    Optional<String> file = Chart.runFile(objects);
    if (file.isPresent()) {
      Optional<Path> path = Optional.of(Files.writeString(folder.resolve("run.yaml"), file.get()));
      int shards = ChartValues.merged(values).at("/parameterServer/shards").asInt();
      ParameterServerSection servers;
      MetricsSection metrics;
      if (EmbeddingConfigReader.isAsked(path, List.of(), Map.of())) {
        EmbeddingConfig config = EmbeddingConfigReader.read(path, List.of(), Map.of());
        servers = config.parameterServer();
        metrics = config.metrics();
      } else {
        RunConfig config = RunConfigReader.read(path, List.of(), Map.of());
        servers = config.parameterServer();
        metrics = config.metrics();
      }
      assertThat(servers.endpoints()).hasSize(shards);
      assertThat(metrics.port()).isEqualTo(9400);
    }
  }
}
