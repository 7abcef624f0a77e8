package io.headwater.driver.run;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.headwater.checkpoint.UserException;
import io.prometheus.client.Gauge;
import io.prometheus.client.exporter.HTTPServer;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** Serves this process's metrics to Prometheus over HTTP, and what else is told of it. */
public final class MetricsEndpoint implements AutoCloseable {
  private static final AtomicBoolean REGISTERED = new AtomicBoolean();
  private static final String OTHERWISE = "/"; // paths that nobody else serves
  private static final String HEALTHY = "/-/healthy";
  private static final String READY = "/-/ready";

  private final HttpServer http;
  private final HTTPServer server;

  private MetricsEndpoint(HttpServer http, HTTPServer server) {
    this.http = http;
    this.server = server;
  }

  /**
   * Starts serving, on all addresses of the machine.
   *
   * @param port 0 serves nothing
   * @throws UserException if the port is in use
   */
  public static MetricsEndpoint start(int port) {
    return start("", port);
  }

  /**
   * Starts serving.
   *
   * @param address of this machine; empty = all
   * @param port 0 serves nothing
   * @throws UserException if the port is in use or the address is not of this machine
   */
  public static MetricsEndpoint start(String address, int port) {
    if (port == 0) {
      return new MetricsEndpoint(null, null);
    }
    try {
      HttpServer http = HttpServer.create(socket(address, port), 0);
      HTTPServer server =
          new HTTPServer.Builder().withHttpServer(http).withDaemonThreads(true).build();
      http.removeContext(OTHERWISE); // else every path that nobody serves yet would give metrics
      registerProcess();
      return new MetricsEndpoint(http, server);
    } catch (BindException e) {
      throw new UserException(
          "Cannot serve metrics on port "
              + port
              + ": the port is in use"
              + (address.isEmpty() ? "" : ", or " + address + " is not of this machine")
              + "; choose another",
          e);
    } catch (IOException e) {
      throw new UserException("Cannot serve metrics on port " + port + ": " + e.getMessage(), e);
    }
  }

  private static InetSocketAddress socket(String address, int port) throws UnknownHostException {
    return address.isEmpty()
        ? new InetSocketAddress(port)
        : new InetSocketAddress(InetAddress.getByName(address), port);
  }

  /** Serves {@code /} and what is not metrics too, where anything is served; 404 before that. */
  public void serve(HttpHandler handler) {
    if (http != null) {
      http.createContext(OTHERWISE, handler);
    }
  }

  /**
   * Answers probes with 200 or 503: at {@code /-/healthy} whether the process does its work, at
   * {@code /-/ready} whether it has all that the work needs. They are asked by threads of the
   * server.
   */
  public void serveProbes(BooleanSupplier isAlive, BooleanSupplier isReady) {
    if (http != null) {
      http.removeContext(HEALTHY); // which tells only that the process answers
      serve(HEALTHY, isAlive);
      serve(READY, isReady);
    }
  }

  private void serve(String path, BooleanSupplier probe) {
    http.createContext(
        path,
        exchange -> {
          try (exchange) {
            boolean passes = probe.getAsBoolean();
            byte[] answer = (passes ? "yes\n" : "no\n").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(passes ? 200 : 503, answer.length);
            exchange.getResponseBody().write(answer);
          }
        });
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
