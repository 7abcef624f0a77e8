package io.headwater.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.deploy.PodSpecs;
import io.headwater.deploy.Repository;
import io.headwater.deploy.StrictManifests;
import io.headwater.driver.config.RunConfig;
import io.headwater.driver.config.RunConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that start as a whole or not at all: JobSet, Kueue and Volcano. */
class QueueExamplesTest {
  /** The fields of jobset.x-k8s.io/v1alpha2 and kueue.x-k8s.io/v1beta2, by kind of object. */
  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "JobSet",
          Set.of(
              "replicatedJobs",
              "network",
              "successPolicy",
              "failurePolicy",
              "startupPolicy",
              "suspend",
              "coordinator",
              "managedBy",
              "ttlSecondsAfterFinished"),
          "replicatedJobs",
          Set.of("name", "replicas", "template", "dependsOn", "groupName"),
          "network",
          Set.of("enableDNSHostnames", "subdomain", "publishNotReadyAddresses"),
          "successPolicy",
          Set.of("operator", "targetReplicatedJobs"),
          "failurePolicy",
          Set.of("maxRestarts", "restartStrategy", "rules"),
          "ResourceFlavor",
          Set.of("nodeLabels", "nodeTaints", "tolerations", "topologyName"),
          "ClusterQueue",
          Set.of(
              "resourceGroups",
              "cohortName",
              "queueingStrategy",
              "namespaceSelector",
              "flavorFungibility",
              "preemption",
              "admissionChecksStrategy",
              "stopPolicy",
              "fairSharing",
              "admissionScope"),
          "resourceGroups",
          Set.of("coveredResources", "flavors"),
          "LocalQueue",
          Set.of("clusterQueue", "stopPolicy", "fairSharing"));

  @TempDir private Path folder;

  @Test
  void thePodGroupIsOneThatVolcanoKnows() throws IOException {
    JsonNode group = read("volcano-podgroup.yaml").get(0);
    assertThat(StrictManifests.parse(group)).isNotNull();
    assertThat(group.at("/spec/minMember").asInt()).isEqualTo(2);
  }

  @Test
  void theQueuesLeadToEachOtherAndCoverWhatWorkersAskFor() throws IOException {
    List<JsonNode> objects = read("kueue-queues.yaml");
    JsonNode flavor = of(objects, "ResourceFlavor");
    JsonNode cluster = of(objects, "ClusterQueue");
    JsonNode local = of(objects, "LocalQueue");
    for (JsonNode object : objects) {
      assertThat(object.path("apiVersion").asText()).isEqualTo("kueue.x-k8s.io/v1beta2");
      assertKnownFields(object.path("kind").asText(), object.path("spec"));
    }
    assertThat(local.at("/spec/clusterQueue")).isEqualTo(cluster.at("/metadata/name"));
    assertThat(cluster.at("/spec/namespaceSelector/matchLabels/kubernetes.io~1metadata.name"))
        .isEqualTo(local.at("/metadata/namespace"));
    JsonNode group = cluster.at("/spec/resourceGroups/0");
    assertKnownFields("resourceGroups", group);
    assertThat(group.at("/flavors/0/name")).isEqualTo(flavor.at("/metadata/name"));
    Set<String> quotas = new TreeSet<>();
    group.at("/flavors/0/resources").forEach(quota -> quotas.add(quota.path("name").asText()));
    assertThat(quotas)
        .containsExactlyInAnyOrder("cpu", "memory", "nvidia.com/gpu")
        .containsExactlyInAnyOrderElementsOf(strings(group.path("coveredResources")));
    assertThat(jobSet().at("/metadata/labels/kueue.x-k8s.io~1queue-name"))
        .isEqualTo(local.at("/metadata/name"));
  }

  @Test
  void everyJobOfTheSetHasOnlyFieldsThatKubernetesKnowsAndRestrictedPods() throws IOException {
    JsonNode set = jobSet();
    assertKnownFields("JobSet", set.path("spec"));
    for (String part : List.of("network", "successPolicy", "failurePolicy")) {
      assertKnownFields(part, set.path("spec").path(part));
    }
    List<String> names = new ArrayList<>();
    for (JsonNode replicated : set.at("/spec/replicatedJobs")) {
      assertKnownFields("replicatedJobs", replicated);
      names.add(replicated.path("name").asText());
      ObjectNode job = JsonNodeFactory.instance.objectNode();
      job.put("apiVersion", "batch/v1").put("kind", "Job");
      job.set("spec", replicated.at("/template/spec"));
      StrictManifests.parse(job);
      JsonNode pod = job.at("/spec/template/spec");
      PodSpecs.assertRestricted(replicated.path("name").asText(), pod);
      JsonNode container = pod.at("/containers/0");
      long heap = PodSpecs.mebibytes(PodSpecs.environment(container, "HEADWATER_HEAP"));
      assertThat(heap + PodSpecs.sharedMemory(pod))
          .isLessThan(PodSpecs.mebibytes(container.at("/resources/limits/memory").asText()));
    }
    assertThat(names).containsAll(strings(set.at("/spec/successPolicy/targetReplicatedJobs")));
  }

  @Test
  void theRunFileNamesThePodsOfTheSet() throws IOException {
    JsonNode map = read("jobset.yaml").get(0);
    StrictManifests.parse(map);
    Path file = Files.writeString(folder.resolve("run.yaml"), map.at("/data/run.yaml").asText());
    RunConfig run = RunConfigReader.read(Optional.of(file), List.of(), Map.of());
    String name = jobSet().at("/metadata/name").asText();
    int shards = jobSet().at("/spec/replicatedJobs/0/replicas").asInt();
    assertThat(run.parameterServer().endpoints()).hasSize(shards);
    for (int shard = 0; shard < shards; shard++) {
      assertThat(run.parameterServer().endpoints().get(shard))
          .startsWith(name + "-shard-" + shard + "-0." + name + ":");
    }
    assertThat(run.parameterServer().host()).isEqualTo(name + "-driver-0-0." + name);
  }

  private static void assertKnownFields(String of, JsonNode object) {
    assertThat(object.fieldNames()).toIterable().as("fields of %s", of).isSubsetOf(FIELDS.get(of));
  }

  private static JsonNode jobSet() throws IOException {
    return of(read("jobset.yaml"), "JobSet");
  }

  private static JsonNode of(List<JsonNode> objects, String kind) {
    return objects.stream()
        .filter(object -> object.path("kind").asText().equals(kind))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind));
  }

  private static List<String> strings(JsonNode list) {
    List<String> strings = new ArrayList<>();
    list.forEach(item -> strings.add(item.asText()));
    return strings;
  }

  private static List<JsonNode> read(String file) throws IOException {
    return StrictManifests.documents(
        Files.readString(Repository.ROOT.resolve("deploy/examples").resolve(file)));
  }
}
