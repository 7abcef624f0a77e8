package io.headwater.deploy.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.deploy.PodSpecs;
import io.headwater.deploy.Repository;
import io.headwater.deploy.chart.Chart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which pods Spark itself asks an API server for, given what the chart and the examples say. */
class SparkOnKubernetesIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir private Path folder;

  @Test
  void theChartsDriverAsksForRestrictedExecutorsWithSharedMemoryInTheirLimit() throws Exception {
    List<JsonNode> objects =
        Chart.render(
            "gpt",
            ApiServer.NAMESPACE,
            Repository.CHART.resolve("ci/full-values.yaml"),
            Map.of("run.training.device", "cuda:0", "worker.gpus", 1));
    Path properties = writeConfiguration(Chart.configuration(objects));
    try (ApiServer api = ApiServer.start()) {
      api.create("driver");
      Process submit =
          sparkSubmit(
              "--master",
              "k8s://" + api.url(),
              "--deploy-mode",
              "client",
              "--properties-file",
              properties.toString(),
              "--conf",
              "spark.driver.host=127.0.0.1",
              "--conf",
              "spark.kubernetes.driver.pod.name=driver",
              "--class",
              "io.headwater.driver.Headwater",
              "spark-internal",
              "ingest",
              "--input",
              Repository.ROOT.resolve("LICENSE").toString(),
              "--output",
              folder.resolve("corpus").toString());
      List<JsonNode> executors = awaitPods(api, "executor", submit);
      submit.destroyForcibly();

      assertThat(executors).hasSize(4);
      for (JsonNode executor : executors) {
        assertIsWorkerOfTheChart(executor);
      }
    }
  }

  @Test
  void theExampleSubmitsARestrictedDriverWithItsAccountAndRunFile() throws Exception {
    try (ApiServer api = ApiServer.start()) {
      Path bin = Files.createDirectories(folder.resolve("bin"));
      script(
          bin.resolve("spark-submit"),
          String.join(" ", quoted(sparkSubmitCommand()))
              + " --conf spark.kubernetes.submission.waitAppCompletion=false \"$@\"");
      script(bin.resolve("kubectl"), "echo 3");
      ProcessBuilder builder =
          new ProcessBuilder(Repository.ROOT.resolve("deploy/examples/spark-submit.sh").toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("submit.output").toFile());
      builder.environment().put("API", api.url());
      builder.environment().put("IMAGE", "registry.example.com/headwater:0.1.0");
      builder.environment().put("SPARK_SCALA_VERSION", "2.13");
      builder.environment().merge("PATH", bin.toString(), (path, own) -> own + ":" + path);
      Process submit = builder.start();
      JsonNode driver = awaitPods(api, "driver", submit).get(0);
      assertThat(submit.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();

      assertThat(submit.exitValue()).as("the driver's exit code").isEqualTo(3);
      JsonNode pod = driver.path("spec");
      PodSpecs.assertRestricted("driver", pod);
      assertThat(pod.path("serviceAccountName").asText()).isEqualTo("gpt-driver");
      assertThat(pod.path("restartPolicy").asText()).isEqualTo("Never");
      assertThat(pod.path("terminationGracePeriodSeconds").asInt()).isEqualTo(600);
      JsonNode container = pod.at("/containers/0");
      assertThat(container.path("image").asText())
          .isEqualTo("registry.example.com/headwater:0.1.0");
      assertThat(container.at("/resources/limits/memory").asText()).isEqualTo("3584Mi");
      assertThat(container.path("args").toString())
          .contains(
              "\"driver\"", "\"io.headwater.driver.Headwater\"", "\"/etc/headwater/run.yaml\"");
      assertThat(container.path("volumeMounts").toString()).contains("/etc/headwater", "/dev/shm");
    }
  }

  @Test
  void executorsThatComeAndGoAreRefusedBeforeAnyPodIsAskedFor() throws Exception {
    try (ApiServer api = ApiServer.start()) {
      Process submit =
          sparkSubmit(
              "--master",
              "k8s://" + api.url(),
              "--deploy-mode",
              "client",
              "--conf",
              "spark.dynamicAllocation.enabled=true",
              "--class",
              "io.headwater.driver.Headwater",
              "spark-internal",
              "pretrain",
              "--model",
              "gpt-nano",
              "--corpus",
              "corpus",
              "--output",
              folder.resolve("run").toString());
      assertThat(submit.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();

      assertThat(submit.exitValue()).as("%s", output()).isEqualTo(2);
      assertThat(output()).contains("Cannot run workers with spark.dynamicAllocation.enabled=true");
      assertThat(api.pods("executor")).isEmpty();
    }
  }

  private static void assertIsWorkerOfTheChart(JsonNode executor) {
    JsonNode pod = executor.path("spec");
    PodSpecs.assertRestricted("executor", pod);
    assertThat(executor.at("/metadata/labels/app.kubernetes.io~1component").asText())
        .isEqualTo("worker");
    assertThat(executor.at("/metadata/ownerReferences/0/name").asText()).isEqualTo("driver");
    assertThat(pod.path("serviceAccountName").asText()).isEqualTo("gpt-mini-pods");
    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(pod.at("/nodeSelector/pool").asText()).isEqualTo("training");
    JsonNode container = pod.at("/containers/0");
    assertThat(pod.path("containers")).hasSize(1);
    assertThat(container.path("image").asText())
        .startsWith("registry.example.com/platform/headwater@sha256:");
    // 2Gi heap, 4Gi off-heap, 512Mi of shared memory.
    assertThat(container.at("/resources/limits/memory").asText()).isEqualTo("6656Mi");
    assertThat(PodSpecs.sharedMemory(pod)).isEqualTo(512);
    assertThat(container.at("/resources/limits/cpu").asText()).isEqualTo("2");
    assertThat(container.at("/resources/limits/nvidia.com~1gpu").asText()).isEqualTo("1");
    assertThat(container.path("args").toString()).isEqualTo("[\"executor\"]");
  }

  /** The chart's ConfigMap as files; what only the cluster has is replaced. */
  private Path writeConfiguration(JsonNode map) throws IOException {
    Path template =
        Files.writeString(folder.resolve("executor.yaml"), map.at("/data/executor.yaml").asText());
    String properties =
        map.at("/data/spark.properties")
            .asText()
            .replace("/etc/headwater/executor.yaml", template.toString())
            .replace("spark.driver.port 7078", "spark.driver.port 0")
            .replace("spark.blockManager.port 7079", "spark.blockManager.port 0");
    return Files.writeString(folder.resolve("spark.properties"), properties);
  }

  private Process sparkSubmit(String... arguments) throws IOException {
    List<String> command = sparkSubmitCommand();
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("submit.output").toFile());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    return builder.start();
  }

  private static List<String> sparkSubmitCommand() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(System.getProperty("headwater.jvm.flags").split(" ")));
    command.addAll(List.of("-Xmx700m", "-cp", System.getProperty("java.class.path")));
    command.add("org.apache.spark.deploy.SparkSubmit");
    return command;
  }

  private List<JsonNode> awaitPods(ApiServer api, String role, Process submit)
      throws IOException, InterruptedException {
    int wanted = role.equals("driver") ? 1 : 4;
    long end = System.nanoTime() + LIMIT.toNanos();
    List<JsonNode> pods = api.pods(role);
    while (pods.size() < wanted) {
      assertThat(System.nanoTime()).as("%s", output()).isLessThan(end);
      boolean ended = submit.waitFor(100, TimeUnit.MILLISECONDS);
      pods = api.pods(role);
      assertThat(ended && pods.size() < wanted).as("%s", output()).isFalse();
    }
    return pods;
  }

  private String output() throws IOException {
    return Files.readString(folder.resolve("submit.output"));
  }

  private static List<String> quoted(List<String> words) {
    return words.stream().map(word -> "'" + word + "'").toList();
  }

  private static void script(Path file, String command) throws IOException {
    Files.writeString(file, "#!/usr/bin/env bash\n" + command + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
