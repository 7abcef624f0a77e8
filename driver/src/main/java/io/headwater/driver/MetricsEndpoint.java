package io.headwater.driver;

import io.headwater.checkpoint.UserException;
import io.prometheus.client.exporter.HTTPServer;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.net.BindException;

/** Serves this process's metrics to Prometheus over HTTP. */
public final class MetricsEndpoint implements AutoCloseable {
  private final HTTPServer server;

  private MetricsEndpoint(HTTPServer server) {
    this.server = server;
  }

  /**
   * Starts serving.
   *
   * @param port 0 serves nothing
   * @throws UserException if the port is in use
   */
  public static MetricsEndpoint start(int port) {
    if (port == 0) {
      return new MetricsEndpoint(null);
    }
    try {
      HTTPServer server = new HTTPServer.Builder().withPort(port).withDaemonThreads(true).build();
      DefaultExports.initialize();
      return new MetricsEndpoint(server);
    } catch (BindException e) {
      throw new UserException(
          "Cannot serve metrics on port " + port + ": the port is in use; choose another", e);
    } catch (IOException e) {
      throw new UserException("Cannot serve metrics on port " + port + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
  }
}
