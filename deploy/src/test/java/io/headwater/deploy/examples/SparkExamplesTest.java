package io.headwater.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.headwater.deploy.Kustomize;
import io.headwater.deploy.PodSpecs;
import io.headwater.deploy.Repository;
import io.headwater.deploy.StrictManifests;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
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

  @Test
  void withGpusPodsAndTasksAskForTheSame() throws Exception {
    List<JsonNode> applications = Kustomize.render(FOLDER);
    assertThat(applications).hasSize(2);
    for (JsonNode application : applications) {
      JsonNode conf = application.at("/spec/sparkConf");
      assertThat(conf.path("spark.executor.resource.gpu.amount").asText()).isEqualTo("1");
      assertThat(conf.path("spark.executor.resource.gpu.vendor").asText()).isEqualTo("nvidia.com");
      assertThat(conf.path("spark.task.resource.gpu.amount"))
          .as("a task has all of an executor's")
          .isEqualTo(conf.path("spark.executor.resource.gpu.amount"));
      String script = conf.path("spark.executor.resource.gpu.discoveryScript").asText();
      assertThat(script).startsWith("/opt/headwater/bin/");
      assertThat(
              Repository.ROOT.resolve("deploy/docker/bin").resolve(Path.of(script).getFileName()))
          .isExecutable();
      assertThat(application.toString()).contains("registry.example.com/headwater-cuda:");
    }
    JsonNode kubeflow =
        applications.stream()
            .filter(a -> a.at("/spec/executor").isObject())
            .findFirst()
            .orElseThrow();
    assertThat(kubeflow.at("/spec/executor/gpu/name").asText()).isEqualTo("nvidia.com/gpu");
    assertThat(kubeflow.at("/spec/executor/gpu/quantity").asInt()).isEqualTo(1);
  }

  /** The chart's monitors read the port of that name. */
  @ParameterizedTest
  @ValueSource(strings = {"driver-pod.yaml", "executor-pod.yaml"})
  void podsNameThePortOfTheirMetrics(String file) throws IOException {
    JsonNode port = read(file).at("/spec/containers/0/ports/0");
    assertThat(port.path("name").asText()).isEqualTo("metrics");
    JsonNode values = new YAMLMapper().readTree(Repository.CHART.resolve("values.yaml").toFile());
    assertThat(port.path("containerPort")).isEqualTo(values.path("metricsPort"));
  }

  @Test
  void settingsOfS3AreThoseThatHadoopHas() throws IOException {
    Properties settings = new Properties();
    try (Reader in = Files.newBufferedReader(FOLDER.resolve("s3a.conf"))) {
      settings.load(in);
    }
    String known = resource("core-default.xml") + resource("mapred-default.xml");
    assertThat(settings.stringPropertyNames())
        .hasSizeGreaterThan(4)
        .allSatisfy(
            key ->
                assertThat(known)
                    .contains("<name>" + key.replaceFirst("^spark.hadoop.", "") + "</name>"));
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Configuration.class.getClassLoader().getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
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
