package io.headwater.deploy.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.driver.config.RunConfig;
import io.headwater.driver.config.RunConfigReader;
import io.headwater.ps.protocol.ShardEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three shards with a standby each: who they are, where they run, and how they are reached. */
class ShardReplicasTest {
  private static final Map<String, Object> VALUES =
      Map.of("parameterServer.shards", 3, "parameterServer.replicas", 2);

  @TempDir private Path folder;

  @Test
  void everyEndpointOfTheRunFileIsAPodThatRunsThatReplica() throws IOException {
    List<JsonNode> objects = Chart.render(VALUES);
    Path file = folder.resolve("run.yaml");
    Files.writeString(file, Chart.configuration(objects).at("/data/run.yaml").asText());
    RunConfig run = RunConfigReader.read(Optional.of(file), List.of(), Map.of());

    List<ShardEndpoint> endpoints = run.parameterServer().shardEndpoints();
    assertThat(endpoints).hasSize(6);
    assertThat(run.parameterServer().shards()).isEqualTo(3);
    for (ShardEndpoint endpoint : endpoints) {
      String set = "r-ps-" + endpoint.shard();
      assertThat(endpoint.host())
          .isEqualTo(set + "-" + endpoint.replica() + ".r-ps.ns.svc.cluster.local");
      JsonNode spec = Chart.find(objects, "StatefulSet", set).path("spec");
      assertThat(spec.path("replicas").asInt()).isEqualTo(2);
      assertThat(spec.path("serviceName").asText()).isEqualTo("r-ps");
      JsonNode shard = spec.at("/template/spec/containers/0");
      assertThat(strings(shard.path("args")))
          .containsSubsequence("--shard", Integer.toString(endpoint.shard()))
          .containsSubsequence("--replica", "$(REPLICA)");
      assertThat(shard.at("/env/0/valueFrom/fieldRef/fieldPath").asText())
          .isEqualTo("metadata.labels['apps.kubernetes.io/pod-index']");
    }
  }

  @Test
  void noTwoReplicasOfAShardShareANode() throws IOException {
    Set<JsonNode> selectors = new HashSet<>();
    for (JsonNode set : sets(Chart.render(VALUES))) {
      JsonNode labels = set.at("/spec/template/metadata/labels");
      JsonNode term =
          set.at(
              "/spec/template/spec/affinity/podAntiAffinity"
                  + "/requiredDuringSchedulingIgnoredDuringExecution/0");
      assertThat(term.path("topologyKey").asText()).isEqualTo("kubernetes.io/hostname");
      JsonNode wanted = term.at("/labelSelector/matchLabels");
      assertThat(wanted).isEqualTo(set.at("/spec/selector/matchLabels"));
      wanted
          .fields()
          .forEachRemaining(
              label -> assertThat(labels.path(label.getKey())).isEqualTo(label.getValue()));
      selectors.add(wanted);
    }
    assertThat(selectors).as("each shard keeps only its own replicas apart").hasSize(3);
  }

  @Test
  void aReplicaIsNotReadyBeforeItCanHaveTheState() throws IOException {
    for (JsonNode set : sets(Chart.render(VALUES))) {
      JsonNode container = set.at("/spec/template/spec/containers/0");
      JsonNode probe = container.path("readinessProbe");
      assertThat(probe.path("initialDelaySeconds").asInt()).isEqualTo(30);
      assertThat(probe.at("/httpGet/path").asText()).isEqualTo("/-/ready");
      assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/-/healthy");
    }
  }

  @Test
  void oneBudgetOnePolicyAndOneServiceAreForAllReplicas() throws IOException {
    List<JsonNode> objects = Chart.render(VALUES);
    JsonNode budget = Chart.find(objects, "PodDisruptionBudget", "r-ps").path("spec");
    assertThat(budget.path("maxUnavailable").asInt()).isEqualTo(1);
    for (JsonNode set : sets(objects)) {
      JsonNode labels = set.at("/spec/template/metadata/labels");
      for (JsonNode selector :
          List.of(
              budget.at("/selector/matchLabels"),
              Chart.find(objects, "NetworkPolicy", "r-ps").at("/spec/podSelector/matchLabels"),
              Chart.find(objects, "Service", "r-ps").at("/spec/selector"))) {
        assertThat(selector).isNotEmpty();
        selector
            .fields()
            .forEachRemaining(
                label -> assertThat(labels.path(label.getKey())).isEqualTo(label.getValue()));
      }
    }
  }

  @Test
  void theDriverAndTheTestPodWaitForEveryReplica() throws IOException {
    List<JsonNode> objects = Chart.render(VALUES);
    JsonNode driver = Chart.find(objects, "Job", "r-pretrain").at("/spec/template/spec");
    List<String> waited = strings(driver.at("/initContainers/0/args"));
    assertThat(waited)
        .hasSize(6)
        .contains("r-ps-2-1.r-ps.ns.svc.cluster.local:9400")
        .doesNotHaveDuplicates();
    JsonNode test = Chart.find(objects, "Pod", "r-test-processes").path("spec");
    assertThat(strings(test.at("/containers/0/args"))).containsAll(waited);
  }

  @Test
  void aGivenAffinityReplacesTheCharts() throws IOException {
    String key = "parameterServer.affinity.nodeAffinity.x";
    for (JsonNode set : sets(Chart.render(with(key, "y")))) {
      assertThat(set.at("/spec/template/spec/affinity").toString())
          .isEqualTo("{\"nodeAffinity\":{\"x\":\"y\"}}");
    }
  }

  @Test
  void withoutStandbysNothingIsKeptApart() throws IOException {
    for (JsonNode set : sets(Chart.render(Map.of()))) {
      assertThat(set.at("/spec/template/spec").has("affinity")).isFalse();
      assertThat(set.at("/spec/replicas").asInt()).isEqualTo(1);
    }
  }

  @Test
  void aDriverThatHoldsTheShardsHasNoStandbys() {
    assertThatThrownBy(
            () ->
                Chart.render(
                    Map.of(
                        "spark.master", "local[2]",
                        "parameterServer.shards", 0,
                        "parameterServer.replicas", 2)))
        .hasMessageContaining("shards inside the driver have no standbys");
  }

  @Test
  void replicasNeedSharedMemoryToo() {
    assertThatThrownBy(() -> Chart.render(with("worker.sharedMemory", "100Mi")))
        .hasMessageContaining("2 workers and 3 shards of 2 replicas need 182Mi");
  }

  private static Map<String, Object> with(String key, Object value) {
    Map<String, Object> all = new HashMap<>(VALUES);
    all.put(key, value);
    return all;
  }

  private static List<JsonNode> sets(List<JsonNode> objects) {
    List<JsonNode> sets =
        objects.stream()
            .filter(object -> object.path("kind").asText().equals("StatefulSet"))
            .toList();
    assertThat(sets).isNotEmpty();
    return sets;
  }

  private static List<String> strings(JsonNode list) {
    List<String> strings = new ArrayList<>();
    list.forEach(item -> strings.add(item.asText()));
    return strings;
  }
}
