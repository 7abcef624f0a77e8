package io.headwater.driver;

import io.headwater.checkpoint.UserException;
import io.prometheus.client.Gauge;
import io.prometheus.client.exporter.HTTPServer;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.net.BindException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Serves this process's metrics to Prometheus over HTTP. */
public final class MetricsEndpoint implements AutoCloseable {
  private static final AtomicBoolean REGISTERED = new AtomicBoolean();

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
      registerProcess();
      return new MetricsEndpoint(server);
    } catch (BindException e) {
      throw new UserException(
          "Cannot serve metrics on port " + port + ": the port is in use; choose another", e);
    } catch (IOException e) {
      throw new UserException("Cannot serve metrics on port " + port + ": " + e.getMessage(), e);
    }
  }

  /** What every process tells of itself. */
  private static void registerProcess() {
    DefaultExports.initialize();
    if (REGISTERED.compareAndSet(false, true)) {
      new SharedMemoryMetrics().register();
      BuildInfo build = BuildInfo.current();
      Gauge.build("headwater_build_info", "1; the labels say what was built.")
          .labelNames("version", "commit")
          .register()
          .labels(build.version(), build.commit())
          .set(1);
    }
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
  }
}
