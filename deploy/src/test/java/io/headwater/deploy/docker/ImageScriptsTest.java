package io.headwater.deploy.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.deploy.Repository;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of the image; java stands for a program that prints its arguments. */
class ImageScriptsTest {
  private static final Path SCRIPTS = Repository.ROOT.resolve("deploy/docker/bin");

  @TempDir private Path folder;

  @Test
  void flagsAreThoseOfTheLauncher() throws IOException {
    Set<String> launcher = flags(Repository.ROOT.resolve("headwater"));
    launcher.removeIf(flag -> flag.startsWith("-Dheadwater."));
    assertThat(launcher).hasSizeGreaterThan(15);
    assertThat(flags(SCRIPTS.resolve("java-with-headwater"))).isEqualTo(launcher);
  }

  @Test
  void environmentIsThatOfTheLauncher() throws IOException {
    assertThat(exports(SCRIPTS.resolve("environment")))
        .isNotEmpty()
        .isEqualTo(exports(Repository.ROOT.resolve("headwater")));
  }

  @Test
  void anExecutorIsWhatSparkAsksFor() throws Exception {
    Result result =
        run(
            Map.of(
                "SPARK_JAVA_OPT_0", "-Dspark.driver.port=7078",
                "SPARK_JAVA_OPT_1", "-Dtwo=words and more",
                "SPARK_EXECUTOR_MEMORY", "700m",
                "SPARK_DRIVER_URL", "spark://driver:7078",
                "SPARK_EXECUTOR_ID", "3",
                "SPARK_EXECUTOR_CORES", "2",
                "SPARK_APPLICATION_ID", "app",
                "SPARK_EXECUTOR_POD_IP", "10.0.0.9",
                "SPARK_RESOURCE_PROFILE_ID", "0",
                "SPARK_EXECUTOR_POD_NAME", "exec-3"),
            "entrypoint",
            "executor");
    assertThat(result.code()).as(result.output()).isZero();
    List<String> arguments = result.output().lines().toList();
    int main =
        arguments.indexOf("org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend");
    assertThat(arguments.subList(0, main))
        .contains("-Dspark.driver.port=7078", "-Dtwo=words and more", "-Xmx700m", "-Xms700m");
    assertThat(arguments.subList(main + 1, arguments.size()))
        .containsExactly(
            "--driver-url",
            "spark://driver:7078",
            "--executor-id",
            "3",
            "--cores",
            "2",
            "--app-id",
            "app",
            "--hostname",
            "10.0.0.9",
            "--resourceProfileId",
            "0",
            "--podName",
            "exec-3");
  }

  @Test
  void anythingElseIsACommandOfHeadwater() throws Exception {
    Result result =
        run(
            Map.of("HEADWATER_HEAP", "300m", "HEADWATER_JAVA_OPTS", "-Da=b -Dc=d"),
            "entrypoint",
            "inspect",
            "a folder");
    assertThat(result.output().lines())
        .contains("-Xmx300m", "-Da=b", "-Dc=d")
        .endsWith("io.headwater.driver.Headwater", "inspect", "a folder");
  }

  /** As spark-submit in cluster mode has it done; the address is that of the pod. */
  @Test
  void aDriverIsSubmittedInClientModeAtThePodsAddress() throws Exception {
    launcherPrints("java", "-cp", "jars", "Submit", "two words");
    Result result =
        run(
            Map.of("SPARK_DRIVER_BIND_ADDRESS", "10.0.0.7"),
            "entrypoint",
            "driver",
            "--class",
            "io.headwater.driver.Headwater",
            "spark-internal",
            "pretrain");
    assertThat(result.code()).as(result.output()).isZero();
    assertThat(result.output().lines()).containsExactly("-cp", "jars", "Submit", "two words");
    assertThat(Files.readAllLines(folder.resolve("home/launched")))
        .containsSubsequence(
            "org.apache.spark.launcher.Main", "org.apache.spark.deploy.SparkSubmit")
        .endsWith(
            "--conf",
            "spark.driver.bindAddress=10.0.0.7",
            "--conf",
            "spark.executorEnv.SPARK_DRIVER_POD_IP=10.0.0.7",
            "--deploy-mode",
            "client",
            "--class",
            "io.headwater.driver.Headwater",
            "spark-internal",
            "pretrain");
  }

  @Test
  void sparkSubmitEndsAsTheLauncherDoesWhereThatRefuses() throws Exception {
    Files.writeString(home().resolve("refuses"), "7");
    Result result = run(Map.of(), "entrypoint", "spark-submit", "--no-such-option");
    assertThat(result.code()).isEqualTo(7);
    assertThat(Files.readAllLines(folder.resolve("home/launched"))).endsWith("--no-such-option");
  }

  @Test
  void gpusAreToldToSparkAsJson() throws Exception {
    program("nvidia-smi", "printf '0\\n1\\n'");
    Result result = run(Map.of(), "discover-gpus");
    assertThat(result.code()).as(result.output()).isZero();
    JsonNode gpus = new ObjectMapper().readTree(result.output());
    assertThat(gpus.path("name").asText()).isEqualTo("gpu");
    assertThat(gpus.path("addresses")).extracting(JsonNode::asText).containsExactly("0", "1");

    program("nvidia-smi", "echo 'NVIDIA-SMI has failed' >&2; exit 9");
    assertThat(run(Map.of(), "discover-gpus").code()).as("no driver").isEqualTo(9);
  }

  @Test
  void waitsForAPortThatIsOpenAndNamesOneThatIsNot() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
      assertThat(run(Map.of(), "wait-for", "30", "127.0.0.1:" + port).code()).isZero();
    }
    Result closed = run(Map.of(), "wait-for", "0", "127.0.0.1:" + port);
    assertThat(closed.code()).isEqualTo(1);
    assertThat(closed.output()).contains("Cannot reach 127.0.0.1:" + port + " within 0 s");
    assertThat(run(Map.of(), "wait-for").code()).isEqualTo(2);
  }

  /** What is not named there does not reach the builder. */
  @Test
  void everythingThatIsCopiedIsLetThrough() throws IOException {
    List<String> through = Files.readAllLines(Repository.ROOT.resolve(".dockerignore"));
    for (String line : Files.readAllLines(Repository.ROOT.resolve("deploy/docker/Dockerfile"))) {
      if (line.startsWith("COPY ")) {
        String copied = line.split(" ")[1].replaceAll("/$", "");
        assertThat(through).as(line).contains("!" + copied);
      }
    }
  }

  @Test
  void theImageForGpusDiffersInItsBaseOnly() throws IOException {
    String image = Files.readString(Repository.ROOT.resolve("deploy/docker/Dockerfile"));
    String gpus = Files.readString(Repository.ROOT.resolve("deploy/docker/Dockerfile.worker-gpu"));
    assertThat(steps(gpus)).isEqualTo(steps(image)).contains("COPY driver/target/lib");
    assertThat(gpus).containsPattern("ARG BASE=\\S+/cuda:13\\.\\S+-cudnn-runtime-\\S+\n");
  }

  private static String steps(String file) {
    return file.substring(file.indexOf("FROM "));
  }

  private record Result(int code, String output) {}

  /** The scripts as the image has them, beside a java that prints its arguments. */
  private Path home() throws IOException {
    Path home = Files.createDirectories(folder.resolve("home"));
    if (Files.notExists(home.resolve("bin"))) {
      Files.createDirectory(home.resolve("bin"));
      try (Stream<Path> scripts = Files.list(SCRIPTS)) {
        for (Path script : scripts.toList()) {
          Path copy = home.resolve("bin").resolve(script.getFileName());
          Files.copy(script, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
      program(
          "java",
          """
          case "$*" in
            *launcher.Main*)
              printf '%s\\n' "$@" >"${0%/*}/launched"
              [ ! -e "${0%/*}/refuses" ] || exit "$(cat "${0%/*}/refuses")"
              cat "${0%/*}/command" ;;
            *) printf '%s\\n' "$@" ;;
          esac""");
    }
    return home;
  }

  /** What Spark's launcher prints: a NUL and a line break, then words that end with NUL. */
  private void launcherPrints(String... command) throws IOException {
    Files.writeString(home().resolve("command"), "\0\n" + String.join("\0", command) + "\0");
  }

  private void program(String name, String body) throws IOException {
    Path file =
        Files.writeString(
            Files.createDirectories(folder.resolve("home")).resolve(name),
            "#!/usr/bin/env bash\n" + body + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Result run(Map<String, String> environment, String script, String... arguments)
      throws IOException, InterruptedException {
    Path home = home();
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin").resolve(script).toString());
    command.addAll(List.of(arguments));
    Path output = folder.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    builder.environment().merge("PATH", home.toString(), (path, own) -> own + ":" + path);
    int code = builder.start().waitFor();
    return new Result(code, Files.readString(output));
  }

  private static Set<String> flags(Path script) throws IOException {
    return Files.readAllLines(script).stream()
        .map(line -> line.strip().replaceAll("[\"\\\\]", "").strip())
        .filter(line -> line.startsWith("--add-") || line.matches("-(D|XX:).*"))
        .collect(Collectors.toSet());
  }

  private static Set<String> exports(Path script) throws IOException {
    return Files.readAllLines(script).stream()
        .filter(line -> line.startsWith("export "))
        .collect(Collectors.toSet());
  }
}
