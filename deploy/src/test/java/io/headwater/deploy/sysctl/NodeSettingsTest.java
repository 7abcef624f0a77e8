package io.headwater.deploy.sysctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.deploy.Kustomize;
import io.headwater.deploy.PodSpecs;
import io.headwater.deploy.Repository;
import io.headwater.deploy.StrictManifests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernel settings of the nodes: what sets them may do so, what stays may do nothing. */
class NodeSettingsTest {
  private static final Path FOLDER = Repository.ROOT.resolve("deploy/sysctl");

  @TempDir private Path folder;

  @Test
  void onlyWhatSetsThemIsPrivileged() throws Exception {
    List<JsonNode> objects = Kustomize.render(FOLDER);
    for (JsonNode object : objects) {
      assertThat(StrictManifests.parse(object)).isNotNull();
    }
    JsonNode pod = of(objects, "DaemonSet").at("/spec/template/spec");
    assertThat(pod.path("hostNetwork").asBoolean()).as("whose settings they are").isTrue();
    assertThat(pod.at("/initContainers/0/securityContext/privileged").asBoolean()).isTrue();
    assertThat(pod.path("initContainers")).hasSize(1);
    PodSpecs.assertRestricted("what stays", whatStays(pod));
    assertThat(of(objects, "Namespace").at("/metadata/labels/pod-security.kubernetes.io~1enforce"))
        .hasToString("\"privileged\"");
    JsonNode map = of(objects, "ConfigMap");
    assertThat(map.at("/data/99-headwater.conf").asText())
        .isEqualTo(Files.readString(FOLDER.resolve("99-headwater.conf")));
    assertThat(pod.at("/volumes/0/configMap/name")).isEqualTo(map.at("/metadata/name"));
  }

  @Test
  void settingsAreRaisedAndNeverLowered() throws Exception {
    Path kernel = Files.createDirectories(folder.resolve("net/core"));
    Files.writeString(kernel.resolve("rmem_max"), "212992\n");
    Files.writeString(kernel.resolve("wmem_max"), "16777216\n");

    assertThat(runScript()).isZero();

    assertThat(kernel.resolve("rmem_max")).hasContent("4194304");
    assertThat(kernel.resolve("wmem_max")).hasContent("16777216");
    Files.delete(kernel.resolve("wmem_max"));
    assertThat(runScript()).as("a kernel without the setting").isNotZero();
  }

  /** With this folder in the place of the kernel's. */
  private int runScript() throws Exception {
    JsonNode set =
        of(
                StrictManifests.documents(Files.readString(FOLDER.resolve("daemonset.yaml"))),
                "DaemonSet")
            .at("/spec/template/spec/initContainers/0");
    List<String> command = List.of("bash", "-euc", script(set.path("command")));
    assertThat(set.at("/command/1").asText()).isEqualTo("-euc");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    assertThat(output).contains("net.core.rmem_max = 4194304");
    return code;
  }

  private String script(JsonNode command) {
    return command
        .get(2)
        .asText()
        .replace("/proc/sys/", folder + "/")
        .replace("/etc/headwater-sysctl/", FOLDER + "/");
  }

  /** The pod without what ends before it starts; that it is in the host's network is said above. */
  private static JsonNode whatStays(JsonNode pod) {
    ObjectNode rest = pod.deepCopy();
    return rest.without(List.of("initContainers", "hostNetwork"));
  }

  private static JsonNode of(List<JsonNode> objects, String kind) throws IOException {
    return objects.stream()
        .filter(object -> object.path("kind").asText().equals(kind))
        .findFirst()
        .orElseThrow(() -> new IOException("no " + kind));
  }
}
