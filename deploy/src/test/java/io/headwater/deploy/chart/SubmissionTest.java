package io.headwater.deploy.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.deploy.PodSpecs;
import io.headwater.deploy.Repository;
import io.headwater.deploy.StrictManifests;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.package$;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever starts the driver, it is the same driver with the same arguments and the same workers.
 */
class SubmissionTest {
  private static final String RUN = "io.headwater.driver.Headwater";

  @ParameterizedTest
  @CsvSource({
    "sparkOperator, sparkoperator.k8s.io/v1beta2, /spec/arguments, /spec/sparkVersion",
    "apacheOperator, spark.apache.org/v1, /spec/driverArgs, /spec/runtimeVersions/sparkVersion"
  })
  void anOperatorStartsTheJobsDriver(
      String mode, String version, String arguments, String sparkVersion) throws IOException {
    List<JsonNode> objects = render(mode);
    JsonNode application = Chart.find(objects, "SparkApplication", "r-pretrain-");
    assertThat(objects).noneMatch(object -> object.path("kind").asText().equals("Job"));
    assertThat(application.path("apiVersion").asText()).isEqualTo(version);
    assertThat(application.at("/spec/mainClass").asText()).isEqualTo(RUN);
    assertThat(application.at(sparkVersion).asText()).isEqualTo(package$.MODULE$.SPARK_VERSION());

    List<JsonNode> byJob = render("job");
    JsonNode job = Chart.find(byJob, "Job", "r-pretrain-").at("/spec/template");
    List<String> submitted = strings(job.at("/spec/containers/0/args"));
    int main = submitted.indexOf(RUN);
    assertThat(strings(application.at(arguments)))
        .isEqualTo(submitted.subList(main + 2, submitted.size()))
        .startsWith("pretrain", "--config", "/etc/headwater/run.yaml");

    ObjectNode container = (ObjectNode) job.at("/spec/containers/0");
    container.put("name", "spark-kubernetes-driver").remove("args");
    removePortsOfSpark(container);
    assertSamePod(PodSpecs.templateOf(application, "driver"), job);
    JsonNode executor =
        StrictManifests.documents(Chart.configuration(byJob).at("/data/executor.yaml").asText())
            .get(0);
    ((ObjectNode) executor.at("/spec/containers/0")).put("name", "spark-kubernetes-executor");
    assertSamePod(PodSpecs.templateOf(application, "executor"), executor);
  }

  /** In client mode the driver's pod is there already; in cluster mode Spark is told of it. */
  @ParameterizedTest
  @ValueSource(strings = {"sparkOperator", "apacheOperator"})
  void sparkHasTheJobsPropertiesButForThePods(String mode) throws IOException {
    List<JsonNode> objects = render(mode);
    Map<String, String> spark = Chart.sparkConf(objects);
    Map<String, String> byJob = Chart.sparkConf(render("job"));
    // Spark refuses the first in cluster mode; operators hand the templates over themselves.
    byJob.remove("spark.driver.bindAddress");
    byJob.remove("spark.kubernetes.executor.podTemplateFile");
    byJob.put("spark.kubernetes.executor.podTemplateContainerName", "spark-kubernetes-executor");
    byJob.put("spark.kubernetes.driver.podTemplateContainerName", "spark-kubernetes-driver");
    byJob.put("spark.kubernetes.authenticate.driver.serviceAccountName", "r-driver");
    byJob.put("spark.kubernetes.driver.request.cores", "1");
    byJob.put("spark.driver.memory", "2048m");
    byJob.put("spark.driver.memoryOverhead", "1280m");
    assertThat(spark).isEqualTo(byJob);
    assertThat(Chart.find(objects, "ConfigMap", "r-run").path("data").fieldNames())
        .toIterable()
        .containsExactly("run.yaml");
  }

  @Test
  void anIngestByAnOperatorNeedsNoConfigMap() throws IOException {
    List<JsonNode> objects =
        Chart.render(Repository.CHART.resolve("ci/ingest-operator-values.yaml"));
    assertThat(objects).noneMatch(object -> object.path("kind").asText().equals("ConfigMap"));
    JsonNode application = Chart.find(objects, "SparkApplication", "r-ingest-");
    assertThat(strings(application.at("/spec/arguments"))).startsWith("ingest", "--input");
    assertThat(application.toString()).doesNotContain("/etc/headwater");
  }

  @Test
  void kueueLearnsOfAnOperatorsDriverByItsPod() throws IOException {
    Path values = Repository.CHART.resolve("ci/spark-operator-values.yaml");
    JsonNode application = Chart.find(Chart.render(values), "SparkApplication", "r-pretrain-");
    for (String role : List.of("driver", "executor")) {
      JsonNode labels = PodSpecs.templateOf(application, role).at("/metadata/labels");
      assertThat(labels.path("kueue.x-k8s.io/queue-name").asText()).isEqualTo("training");
    }
  }

  /** What cannot be changed is made anew, under another name. */
  @ParameterizedTest
  @ValueSource(strings = {"job", "sparkOperator", "apacheOperator"})
  void changedValuesMakeAnotherSubmission(String mode) throws IOException {
    assertThat(name(Map.of("submit.mode", mode)))
        .isNotEqualTo(name(Map.of("submit.mode", mode, "run.training.seed", 7)))
        .isEqualTo(name(Map.of("submit.mode", mode, "monitoring.podMonitor.enabled", true)));
  }

  @Test
  void theDriverThatTrainsHasTheGpu() throws IOException {
    JsonNode job =
        Chart.find(
            Chart.render(Repository.CHART.resolve("ci/fine-tune-gpu-values.yaml")), "Job", "r-");
    JsonNode container = job.at("/spec/template/spec/containers/0");
    assertThat(container.at("/resources/limits/nvidia.com~1gpu").asInt()).isEqualTo(1);
    assertThat(strings(container.path("args"))).containsSequence("--device", "cuda:0");
  }

  private static String name(Map<String, Object> values) throws IOException {
    return Chart.render(values).stream()
        .filter(object -> object.path("kind").asText().matches("Job|SparkApplication"))
        .map(object -> object.at("/metadata/name").asText())
        .findFirst()
        .orElseThrow();
  }

  private static List<JsonNode> render(String mode) throws IOException {
    return Chart.render(Map.of("submit.mode", mode));
  }

  private static void assertSamePod(JsonNode template, JsonNode pod) {
    for (JsonNode each : List.of(pod, template)) {
      if (each.at("/metadata/annotations") instanceof ObjectNode annotations) {
        annotations.remove("checksum/run"); // of a ConfigMap that holds other files
      }
    }
    assertThat(template.path("metadata")).isEqualTo(pod.path("metadata"));
    assertThat(template.path("spec")).isEqualTo(pod.path("spec"));
  }

  /** In cluster mode Spark declares them itself. */
  private static void removePortsOfSpark(JsonNode container) {
    List<JsonNode> kept = new ArrayList<>();
    for (JsonNode port : container.path("ports")) {
      if (!port.path("name").asText().matches("spark|blocks")) {
        kept.add(port);
      }
    }
    ((ObjectNode) container).putArray("ports").addAll(kept);
  }

  private static List<String> strings(JsonNode list) {
    List<String> strings = new ArrayList<>();
    list.forEach(item -> strings.add(item.asText()));
    return strings;
  }
}
