package io.headwater.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The pods that a set of manifests makes, and what must hold for each. */
public final class PodSpecs {
  private PodSpecs() {}

  /** By kind and name; templates inside ConfigMaps and SparkApplications count too. */
  public static Map<String, JsonNode> of(List<JsonNode> objects) throws IOException {
    Map<String, JsonNode> pods = new LinkedHashMap<>();
    for (JsonNode object : objects) {
      String name = object.path("kind").asText() + " " + object.at("/metadata/name").asText();
      if (object.at("/spec/containers").isArray()) {
        pods.put(name, object.path("spec"));
      } else if (object.at("/spec/template/spec").isObject()) {
        pods.put(name, object.at("/spec/template/spec"));
      } else if (object.path("kind").asText().equals("SparkApplication")) {
        pods.put(name + " driver", templateOf(object, "driver").path("spec"));
        pods.put(name + " executor", templateOf(object, "executor").path("spec"));
      } else if (object.at("/data/executor.yaml").isTextual()) {
        String template = object.at("/data/executor.yaml").asText();
        pods.put(name, StrictManifests.documents(template).get(0).path("spec"));
      }
    }
    return pods;
  }

  /** The template of a SparkApplication's pods, of whichever operator: driver or executor. */
  public static JsonNode templateOf(JsonNode application, String role) {
    JsonNode spec = application.path("spec");
    JsonNode template = spec.path(role).path("template");
    return template.isObject() ? template : spec.path(role + "Spec").path("podTemplateSpec");
  }

  public static List<JsonNode> containers(JsonNode pod) {
    List<JsonNode> containers = new ArrayList<>();
    pod.path("initContainers").forEach(containers::add);
    pod.path("containers").forEach(containers::add);
    assertThat(containers).isNotEmpty();
    return containers;
  }

  /** The profile "restricted" of the Pod Security Standards, and a read-only root file system. */
  public static void assertRestricted(String name, JsonNode pod) {
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).as(name).isTrue();
    assertThat(pod.at("/securityContext/runAsUser").asInt()).as(name).isPositive();
    assertThat(pod.at("/securityContext/seccompProfile/type").asText())
        .as(name)
        .isEqualTo("RuntimeDefault");
    assertThat(pod.path("hostNetwork").asBoolean()).as(name).isFalse();
    assertThat(pod.path("hostPID").asBoolean()).as(name).isFalse();
    assertThat(pod.path("hostIPC").asBoolean()).as(name).isFalse();
    pod.path("volumes").forEach(v -> assertThat(v.has("hostPath")).as("%s %s", name, v).isFalse());
    for (JsonNode container : containers(pod)) {
      String what = name + ", container " + container.path("name").asText();
      JsonNode security = container.path("securityContext");
      assertThat(security.path("readOnlyRootFilesystem").asBoolean()).as(what).isTrue();
      assertThat(security.path("allowPrivilegeEscalation").asBoolean(true)).as(what).isFalse();
      assertThat(security.path("privileged").asBoolean()).as(what).isFalse();
      assertThat(security.at("/capabilities/drop")).as(what).hasSize(1);
      assertThat(security.at("/capabilities/drop/0").asText()).as(what).isEqualTo("ALL");
      assertThat(security.at("/capabilities/add").isMissingNode()).as(what).isTrue();
      assertThat(security.at("/seccompProfile/type").asText("RuntimeDefault"))
          .as(what)
          .isEqualTo("RuntimeDefault");
      container.path("ports").forEach(port -> assertThat(port.has("hostPort")).as(what).isFalse());
    }
  }

  /** Size of the memory-backed volume at /dev/shm in mebibytes. */
  public static long sharedMemory(JsonNode pod) {
    for (JsonNode volume : pod.path("volumes")) {
      if (volume.path("name").asText().equals("shared-memory")) {
        assertThat(volume.at("/emptyDir/medium").asText()).isEqualTo("Memory");
        return mebibytes(volume.at("/emptyDir/sizeLimit").asText());
      }
    }
    throw new AssertionError("no volume for /dev/shm");
  }

  public static String environment(JsonNode container, String variable) {
    for (JsonNode entry : container.path("env")) {
      if (entry.path("name").asText().equals(variable)) {
        return entry.path("value").asText();
      }
    }
    throw new AssertionError("no variable " + variable);
  }

  /** Of a quantity as Kubernetes (512Mi, 2Gi), Java or Spark (512m, 2g) writes it. */
  public static long mebibytes(String quantity) {
    long number = Long.parseLong(quantity.replaceAll("\\D", ""));
    String unit = quantity.replaceAll("\\d", "");
    return switch (unit) {
      case "Mi", "m" -> number;
      case "Gi", "g" -> 1024 * number;
      default -> throw new AssertionError("unit of " + quantity);
    };
  }
}
