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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

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

  void kill(String name) throws Exception {
    run(SCRIPT, "kill", name);
  }

  private Process start(String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("HEADWATER_LOCAL", folder.resolve("system").toString());
    builder.environment().put("HEADWATER_LOCAL_SCRAPE", "1s");
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
