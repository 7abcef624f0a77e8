package io.headwater.deploy.docker;

import static org.assertj.core.api.Assertions.assertThat;

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

  private record Result(int code, String output) {}

  private Result run(Map<String, String> environment, String script, String... arguments)
      throws IOException, InterruptedException {
    Path home = Files.createDirectories(folder.resolve("home"));
    if (Files.notExists(home.resolve("bin"))) {
      Files.createDirectory(home.resolve("bin"));
      for (String name :
          List.of("entrypoint", "headwater", "java-with-headwater", "environment", "wait-for")) {
        Path copy = home.resolve("bin").resolve(name);
        Files.copy(SCRIPTS.resolve(name), copy, StandardCopyOption.COPY_ATTRIBUTES);
      }
      Path java = Files.writeString(home.resolve("java"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
      assertThat(java.toFile().setExecutable(true)).isTrue();
    }
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
