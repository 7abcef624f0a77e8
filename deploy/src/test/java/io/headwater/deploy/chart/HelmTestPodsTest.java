package io.headwater.deploy.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.headwater.deploy.Repository;
import io.headwater.driver.run.MetricsEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pods of {@code helm test} find, run against processes instead of a cluster's. */
class HelmTestPodsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir private Path folder;

  @Test
  void aProcessThatServesItsMetricsPasses() throws Exception {
    int port = freePort();
    try (MetricsEndpoint endpoint = MetricsEndpoint.start(port)) {
      assertThat(endpoint).isNotNull();
      assertThat(run(processes(Map.of()), "1", "127.0.0.1:" + port)).isZero();
      assertThat(output()).isEqualTo("127.0.0.1:" + port + " is healthy and has metrics\n");
    }
  }

  @Test
  void whoeverElseAnswersFails() throws Exception {
    HttpServer other = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    other.createContext("/", exchange -> answer(exchange, "jvm_info 1\n"));
    other.start();
    String address = "127.0.0.1:" + other.getAddress().getPort();
    assertThat(run(processes(Map.of()), "0", address)).isEqualTo(1);
    assertThat(output()).contains(address, "/metrics has no headwater_build_info");
    other.stop(0);
    assertThat(run(processes(Map.of()), "0", address)).isEqualTo(1);
    assertThat(output()).contains("no process answers there");
  }

  @Test
  void everyProcessThatAnswersInTheClusterIsAsked() throws IOException {
    String domain = ".ns.svc.cluster.local:9400";
    assertThat(arguments(processes(Map.of("parameterServer.replicas", 2))))
        .containsExactly(
            "60",
            "r-ps-0-0.r-ps" + domain,
            "r-ps-0-1.r-ps" + domain,
            "r-ps-1-0.r-ps" + domain,
            "r-ps-1-1.r-ps" + domain,
            "r-driver" + domain);
    for (String example : List.of("ingest", "fine-tune", "minimal", "apache-operator")) {
      List<JsonNode> objects =
          Chart.render(Repository.CHART.resolve("ci/" + example + "-values.yaml"));
      assertThat(arguments(Chart.find(objects, "Pod", "r-test-processes")))
          .as(example)
          .contains("r-driver" + domain);
      assertThat(Chart.find(objects, "Service", "r-driver").at("/spec/ports/0/targetPort").asText())
          .isEqualTo("metrics");
    }
    assertThat(arguments(processes(Map.of("metricsAddress", "127.0.0.1"))))
        .doesNotContain("r-driver" + domain);
  }

  @Test
  void theDriversAccountIsAskedForWhatTheRoleGives() throws Exception {
    List<JsonNode> objects = Chart.render(Map.of());
    JsonNode pod = Chart.find(objects, "Pod", "r-test-rights");
    assertThat(pod.at("/spec/serviceAccountName").asText()).isEqualTo("r-driver");
    assertThat(arguments(pod)).element(1).isEqualTo("kubernetes.default.svc:443");

    ConcurrentLinkedQueue<String> reviews = new ConcurrentLinkedQueue<>();
    HttpsServer api = apiServer(reviews, "true");
    String server = "localhost:" + api.getAddress().getPort();
    assertThat(run(pod, folder.toString(), server, "ns")).as("%s", output()).isZero();
    JsonNode rule = Chart.find(objects, "Role", "r-driver").at("/rules/0");
    List<String> rights = new ArrayList<>();
    for (JsonNode resource : rule.path("resources")) {
      for (JsonNode verb : rule.path("verbs")) {
        rights.add(
            "Bearer t {\"namespace\":\"ns\",\"verb\":%s,\"resource\":%s}"
                .formatted(verb, resource));
      }
    }
    assertThat(reviews).containsExactlyInAnyOrderElementsOf(rights);
    api.stop(0);
  }

  @Test
  void anAccountWithoutTheRoleFails() throws Exception {
    JsonNode pod = Chart.find(Chart.render(Map.of()), "Pod", "r-test-rights");
    HttpsServer api = apiServer(new ConcurrentLinkedQueue<>(), "false");
    String server = "localhost:" + api.getAddress().getPort();
    assertThat(run(pod, folder.toString(), server, "ns")).isEqualTo(1);
    assertThat(output()).contains("may not get pods in ns");
    Files.writeString(folder.resolve("ca.crt"), "");
    assertThat(run(pod, folder.toString(), server, "ns")).isEqualTo(1);
    assertThat(output()).contains("its certificate is not of the cluster's authority");
    api.stop(0);
  }

  private static JsonNode processes(Map<String, Object> values) throws IOException {
    return Chart.find(Chart.render(values), "Pod", "r-test-processes");
  }

  /** Runs the pod's command here, with other arguments. */
  private int run(JsonNode pod, String... arguments) throws IOException, InterruptedException {
    List<String> command = strings(pod.at("/spec/containers/0/command"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return process.exitValue();
  }

  private String output() throws IOException {
    Path file = folder.resolve("output");
    return Files.exists(file) ? Files.readString(file) : "";
  }

  /**
   * Says to every review what is allowed; beside it in the folder lie a token and its authority.
   */
  private HttpsServer apiServer(ConcurrentLinkedQueue<String> reviews, String allowed)
      throws Exception {
    Path store = folder.resolve("store.p12");
    keytool("-genkeypair", "-keyalg", "EC", "-alias", "api", "-dname", "CN=localhost")
        .command(store, "-ext", "san=dns:localhost");
    keytool("-exportcert", "-rfc", "-alias", "api", "-file", folder.resolve("ca.crt").toString())
        .command(store);
    Files.writeString(folder.resolve("token"), "t");
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory managers = KeyManagerFactory.getInstance("SunX509");
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    HttpsServer api = HttpsServer.create(new InetSocketAddress("localhost", 0), 0);
    api.setHttpsConfigurator(new HttpsConfigurator(context));
    api.createContext(
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          String asked = body.replaceAll(".*\"resourceAttributes\":(\\{[^}]*}).*", "$1");
          reviews.add(exchange.getRequestHeaders().getFirst("Authorization") + " " + asked);
          answer(exchange, "{\"status\":{\"allowed\":" + allowed + "}}");
        });
    api.start();
    return api;
  }

  private record Keytool(List<String> arguments) {
    void command(Path store, String... more) throws IOException, InterruptedException {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
      command.addAll(arguments);
      command.addAll(List.of("-keystore", store.toString(), "-storepass", new String(PASSWORD)));
      command.addAll(List.of(more));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as("%s", said).isZero();
    }
  }

  private static Keytool keytool(String... arguments) {
    return new Keytool(List.of(arguments));
  }

  private static void answer(HttpExchange exchange, String text) throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static List<String> arguments(JsonNode pod) {
    return strings(pod.at("/spec/containers/0/args"));
  }

  private static List<String> strings(JsonNode list) {
    List<String> strings = new ArrayList<>();
    list.forEach(item -> strings.add(item.asText()));
    return strings;
  }
}
