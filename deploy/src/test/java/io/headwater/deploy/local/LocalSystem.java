package io.headwater.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.deploy.Repository;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What {@code deploy/local.sh} brings up, until this is closed. */
final class LocalSystem implements AutoCloseable {
  private static final String SCRIPT = Repository.ROOT.resolve("deploy/local.sh").toString();

  private final Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  private LocalSystem(Path folder) {
    this.folder = folder;
  }

  static LocalSystem up(Path folder) throws Exception {
    LocalSystem system = new LocalSystem(folder);
    try {
      system.run(SCRIPT, "up");
      return system;
    } catch (Exception | AssertionError e) {
      system.close();
      throw e;
    }
  }

  /** Runs a command to its end, which must be a good one. */
  void run(String... command) throws Exception {
    Process process = start(command);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("%s ends", List.of(command)).isTrue();
    assertThat(process.exitValue()).as("%s, see %s", List.of(command), folder).isZero();
  }

  Process submit(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(SCRIPT, "submit"));
    command.addAll(arguments);
    return start(command.toArray(String[]::new));
  }

  /** Submits by the example for standalone clusters, whose driver is a process of a worker. */
  Process submitInClusterMode(List<String> arguments) throws IOException {
    Path home = folder.resolve("system/home");
    List<String> command = new ArrayList<>();
    command.add("env");
    command.add("PATH=" + home.resolve("bin") + ":" + System.getenv("PATH"));
    command.add("MASTER=spark://127.0.0.1:7077");
    command.add("JAR=" + home.resolve("jars/headwater-driver-0.1.0-SNAPSHOT.jar"));
    command.add("CODES=" + folder);
    command.addAll(List.of("DRIVER_MEMORY=1g", "EXECUTOR_MEMORY=1g"));
    command.add(Repository.ROOT.resolve("deploy/examples/spark-submit-standalone.sh").toString());
    command.addAll(arguments.subList(1, arguments.size())); // without `pretrain`
    return start(command.toArray(String[]::new));
  }

  void kill(String name) throws Exception {
    run(SCRIPT, "kill", name);
  }

  /** Has the script do something to a process, which may have ended: whether it was there. */
  boolean tries(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(SCRIPT));
    command.addAll(List.of(arguments));
    Process process = start(command.toArray(String[]::new));
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("%s ends", command).isTrue();
    return process.exitValue() == 0;
  }

  /** Sessions of the processes whose names begin so; all of them with an empty beginning. */
  List<Long> sessions(String beginning) throws IOException {
    List<Long> sessions = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("system"))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith(beginning) && name.endsWith(".pid")) {
          sessions.add(Long.parseLong(Files.readString(file).strip()));
        }
      }
    }
    return sessions;
  }

  /** What Spark's daemons and the shards hold, all together. */
  ProcessFigures figures() throws IOException {
    List<Long> sessions = sessions("master");
    sessions.addAll(sessions("worker"));
    sessions.addAll(sessions("shard"));
    return ProcessFigures.ofSessions(sessions).values().stream()
        .reduce(new ProcessFigures(0, 0, 0), ProcessFigures::plus);
  }

  /** Waits until every replica of every shard is a new process, which waits for the next run. */
  void awaitShards() throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    for (int port = 9401; port <= 9404; port++) {
      while (!waits(port)) {
        assertThat(System.nanoTime()).as("the shard at %d waits for a run", port).isLessThan(end);
        run("sleep", "0.2");
      }
    }
  }

  private boolean waits(int port) throws InterruptedException {
    URI metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
    try {
      String page =
          client.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString()).body();
      return page.contains("headwater_build_info") && !page.contains("headwater_ps_parameters{");
    } catch (IOException e) {
      return false; // it is being started
    }
  }

  private Process start(String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("HEADWATER_LOCAL", folder.resolve("system").toString());
    builder.environment().put("HEADWATER_LOCAL_SCRAPE", "1s");
    builder.environment().put("HEADWATER_LOCAL_HASTE", "150"); // five minutes are two seconds
    builder.environment().put("HEADWATER_NO_BUILD", "1");
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("output.log").toFile()))
        .start();
  }

  /** The values of a query, as Prometheus answers it now. */
  List<JsonNode> query(String query) throws Exception {
    String encoded = URLEncoder.encode(query, StandardCharsets.UTF_8);
    List<JsonNode> series = new ArrayList<>();
    prometheus("query?query=" + encoded).path("result").forEach(series::add);
    return series;
  }

  /** The values of a query at some second from a moment until now. */
  List<JsonNode> query(String query, Instant from) throws Exception {
    String encoded = URLEncoder.encode(query, StandardCharsets.UTF_8);
    long to = Instant.now().getEpochSecond();
    List<JsonNode> series = new ArrayList<>();
    prometheus(
            "query_range?query=%s&start=%d&end=%d&step=1"
                .formatted(encoded, from.getEpochSecond(), to))
        .path("result")
        .forEach(series::add);
    return series;
  }

  /** What the driver serves at a path. */
  String ofDriver(String path) throws Exception {
    URI address = URI.create("http://127.0.0.1:9400" + path);
    return client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString()).body();
  }

  JsonNode prometheus(String what) throws Exception {
    URI address = URI.create("http://127.0.0.1:9090/api/v1/" + what);
    String body =
        client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString()).body();
    JsonNode answer = new ObjectMapper().readTree(body);
    assertThat(answer.path("status").asText()).as("%s: %s", what, body).isEqualTo("success");
    return answer.path("data");
  }

  @Override
  public void close() throws Exception {
    run(SCRIPT, "down");
  }
}
