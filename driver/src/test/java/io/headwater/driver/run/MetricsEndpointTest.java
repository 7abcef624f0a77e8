package io.headwater.driver.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.driver.FreePorts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class MetricsEndpointTest {
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void aPathIsNotFoundUntilItIsServed() throws Exception {
    int port = FreePorts.tcp();
    try (MetricsEndpoint endpoint = MetricsEndpoint.start(port)) {
      assertThat(get(port, "/status.json").statusCode()).isEqualTo(404);
      assertThat(get(port, "/metrics").body()).contains("headwater_build_info{");
      endpoint.serve(
          exchange -> {
            byte[] body = "served".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      assertThat(get(port, "/status.json").body()).isEqualTo("served");
      assertThat(get(port, "/metrics").body()).contains("headwater_build_info{");
    }
  }

  @Test
  void probesAreAnsweredByWhatTheProcessSays() throws Exception {
    int port = FreePorts.tcp();
    AtomicBoolean alive = new AtomicBoolean(true);
    AtomicBoolean ready = new AtomicBoolean();
    try (MetricsEndpoint endpoint = MetricsEndpoint.start(port)) {
      assertThat(get(port, "/-/healthy").statusCode()).isEqualTo(200);
      assertThat(get(port, "/-/ready").statusCode()).as("nobody says so").isEqualTo(404);
      endpoint.serveProbes(alive::get, ready::get);
      assertThat(get(port, "/-/healthy").statusCode()).isEqualTo(200);
      assertThat(get(port, "/-/ready").statusCode()).isEqualTo(503);
      alive.set(false);
      ready.set(true);
      assertThat(get(port, "/-/healthy").statusCode()).isEqualTo(503);
      assertThat(get(port, "/-/ready").statusCode()).isEqualTo(200);
    }
  }

  private HttpResponse<String> get(int port, String path) throws Exception {
    URI page = URI.create("http://127.0.0.1:" + port + path);
    return client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());
  }
}
