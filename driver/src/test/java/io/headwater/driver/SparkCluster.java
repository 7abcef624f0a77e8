package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.driver.Launcher.Running;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Spark standalone cluster of processes on this machine, with the jars that the build collected
 * in place of a distribution.
 */
final class SparkCluster implements AutoCloseable {
  private static final Path TARGET =
      Path.of(System.getProperty("headwater.root"), "driver", "target");
  private static final Duration START_LIMIT = Duration.ofMinutes(1);

  private final Path folder;
  private final Path home;
  private final Path jars;
  private final int port;
  private final int webPort;
  private final List<Process> daemons = new ArrayList<>();

  private SparkCluster(Path folder) throws IOException {
    this.folder = folder;
    this.home = Files.createDirectories(folder.resolve("spark"));
    this.port = FreePorts.tcp();
    this.webPort = FreePorts.tcp();
    this.jars = Files.createSymbolicLink(home.resolve("jars"), TARGET.resolve("lib"));
  }

  /** Starts a master and workers of one core each; returns when all have registered. */
  static SparkCluster start(Path folder, int workers) throws IOException, InterruptedException {
    SparkCluster cluster = new SparkCluster(folder);
    try {
      cluster.startDaemons(workers);
      cluster.awaitWorkers(workers);
    } catch (IOException | InterruptedException | AssertionError e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  /** Starts the program by spark-submit, as its own driver process. */
  Running submit(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                master(),
                "--conf",
                "spark.driver.host=127.0.0.1",
                "--conf",
                "spark.executor.memory=700m",
                "--class",
                Headwater.class.getName(),
                applicationJar().toString()));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(folder, "submit", ".out");
    Path err = Files.createTempFile(folder, "submit", ".err");
    return new Running(java("1g", out, err, command), out, err);
  }

  /** Kills the executor of a worker, as a failing machine would. */
  void killExecutor(int worker) {
    assertThat(executor(worker).destroyForcibly()).isTrue();
  }

  /** Tells the executor of a worker to end, as who drains a machine does. */
  void terminateExecutor(int worker) {
    assertThat(executor(worker).destroy()).isTrue();
  }

  private ProcessHandle executor(int worker) {
    return daemons
        .get(1 + worker)
        .descendants()
        .filter(process -> process.info().commandLine().orElse("").contains("Executor"))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    for (int i = daemons.size() - 1; i >= 0; i--) {
      daemons.get(i).destroy();
      if (!daemons.get(i).waitFor(20, TimeUnit.SECONDS)) {
        daemons.get(i).destroyForcibly();
      }
    }
    Files.delete(jars);
  }

  private String master() {
    return "spark://127.0.0.1:" + port;
  }

  private void startDaemons(int workers) throws IOException {
    daemon(
        "master",
        "org.apache.spark.deploy.master.Master",
        "--port",
        Integer.toString(port),
        "--webui-port",
        Integer.toString(webPort));
    for (int worker = 0; worker < workers; worker++) {
      daemon(
          "worker" + worker,
          "org.apache.spark.deploy.worker.Worker",
          "--webui-port",
          "0",
          "--cores",
          "1",
          "--memory",
          "1g",
          "--work-dir",
          folder.resolve("work" + worker).toString(),
          master());
    }
  }

  private void daemon(String name, String type, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(type, "--host", "127.0.0.1"));
    command.addAll(List.of(arguments));
    Path log = folder.resolve(name + ".output");
    daemons.add(java("256m", log, log, command));
  }

  private Process java(String heap, Path out, Path err, List<String> classAndArguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(System.getProperty("headwater.jvm.flags").split(" ")));
    command.addAll(List.of("-Xmx" + heap, "-cp", TARGET.resolve("lib") + "/*"));
    command.addAll(classAndArguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out.toFile());
    if (err.equals(out)) {
      builder.redirectErrorStream(true);
    } else {
      builder.redirectError(err.toFile());
    }
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder.start();
  }

  private void awaitWorkers(int workers) throws IOException, InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + webPort + "/json/")).build();
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (registered(client, request) < workers) {
      assertThat(System.nanoTime()).as("workers did not register in time").isLessThan(end);
      assertThat(daemons.get(0).waitFor(100, TimeUnit.MILLISECONDS)).as("master ended").isFalse();
    }
  }

  private static int registered(HttpClient client, HttpRequest request)
      throws InterruptedException {
    try {
      String state = client.send(request, BodyHandlers.ofString()).body();
      return new ObjectMapper().readTree(state).path("aliveworkers").asInt();
    } catch (IOException e) {
      return 0; // not listening yet
    }
  }

  private static Path applicationJar() throws IOException {
    try (Stream<Path> files = Files.list(TARGET)) {
      return files
          .filter(file -> file.getFileName().toString().matches("headwater-driver-.*\\.jar"))
          .findFirst()
          .orElseThrow();
    }
  }
}
