package io.headwater.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.deploy.PodSpecs;
import io.headwater.deploy.Repository;
import io.headwater.deploy.StrictManifests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SparkExamplesTest {
  private static final Path FOLDER = Repository.ROOT.resolve("deploy/examples");

  @ParameterizedTest
  @ValueSource(strings = {"driver-pod.yaml", "executor-pod.yaml"})
  void podTemplatesAreRestricted(String file) throws IOException {
    JsonNode pod = read(file);
    StrictManifests.parse(pod);
    PodSpecs.assertRestricted(file, pod.path("spec"));
  }

  @ParameterizedTest
  @CsvSource({
    "sparkapplication-kubeflow.yaml, /spec/driver/template, /spec/executor/template",
    "sparkapplication-apache.yaml, /spec/driverSpec/podTemplateSpec,"
        + " /spec/executorSpec/podTemplateSpec"
  })
  void applicationsOfBothOperatorsHaveTheSamePods(String file, String driver, String executor)
      throws IOException {
    JsonNode application = read(file);
    assertThat(application.path("kind").asText()).isEqualTo("SparkApplication");
    assertSamePod(application.at(driver), read("driver-pod.yaml"));
    assertSamePod(application.at(executor), read("executor-pod.yaml"));
  }

  /** But for the container's name, by which the operators know it. */
  private static void assertSamePod(JsonNode template, JsonNode pod) {
    ObjectNode container = (ObjectNode) template.at("/spec/containers/0");
    container.put("name", "main");
    assertThat(template.path("metadata")).isEqualTo(pod.path("metadata"));
    assertThat(template.path("spec")).isEqualTo(pod.path("spec"));
  }

  private static JsonNode read(String file) throws IOException {
    return StrictManifests.documents(Files.readString(FOLDER.resolve(file))).get(0);
  }
}
