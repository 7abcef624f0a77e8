package io.headwater.deploy.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;

/** fabric8's stand-in for an API server: keeps objects, validates and runs nothing. */
final class ApiServer implements AutoCloseable {
  static final String NAMESPACE = "training";
  private static final Logger REQUESTS = Logger.getLogger(MockWebServer.class.getName());

  static {
    REQUESTS.setLevel(Level.WARNING); // not a line for each request
  }

  private final List<JsonNode> asked = new CopyOnWriteArrayList<>();
  private final KubernetesMockServer server =
      new KubernetesMockServer(
          new Context(),
          new MockWebServer(),
          new HashMap<>(),
          new Recorder(),
          /* useHttps= */ false);

  private ApiServer() {
    server.init();
  }

  static ApiServer start() {
    return new ApiServer();
  }

  /** As Spark takes it. */
  String url() {
    return "http://127.0.0.1:" + server.getPort();
  }

  /** Makes a pod that is there before Spark comes. */
  void create(String name) {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace(NAMESPACE)
            .withName(name)
            .endMetadata()
            .build();
    try (KubernetesClient client = server.createClient()) {
      client.resource(pod).create();
    }
  }

  /** Pods of a role (driver or executor) that Spark has asked for, whatever became of them. */
  List<JsonNode> pods(String role) {
    return asked.stream()
        .filter(pod -> pod.at("/metadata/labels/spark-role").asText().equals(role))
        .toList();
  }

  @Override
  public void close() {
    server.destroy();
  }

  /** The stand-in knows no server-side apply; Spark takes its driver's pod back for that. */
  private final class Recorder extends KubernetesCrudDispatcher {
    @Override
    public MockResponse handleCreate(RecordedRequest request) {
      if (request.getPath().startsWith("/api/v1/namespaces/" + NAMESPACE + "/pods")) {
        asked.add(read(request.getBody().getBytes())); // leaves the body as it is
      }
      return super.handleCreate(request);
    }

    private JsonNode read(byte[] pod) {
      try {
        return new ObjectMapper().readTree(pod);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
