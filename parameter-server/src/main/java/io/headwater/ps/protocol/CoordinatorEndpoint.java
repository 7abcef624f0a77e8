package io.headwater.ps.protocol;

import io.headwater.checkpoint.UserException;
import java.io.Serializable;
import java.util.Objects;

/**
 * Where the coordinator of a run is reached: two UDP ports, {@code port} for requests and {@code
 * port + 1} for events and answers of the handshake; or shared memory.
 *
 * @param host name or address under which workers and shards reach it
 * @param port first of its UDP ports; 0 = reachable through shared memory only
 * @param aeronDirectory directory of its media driver if known; empty = found by host and port
 */
public record CoordinatorEndpoint(String host, int port, String aeronDirectory)
    implements Serializable {
  public static final int PORTS = 2;

  public CoordinatorEndpoint {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(aeronDirectory, "aeronDirectory");
    if (port != 0 && (port < 1024 || port > 65536 - PORTS)) {
      throw new UserException(
          "Cannot reach the coordinator at port "
              + port
              + ": must be in [1024, "
              + (65536 - PORTS)
              + "]");
    }
    if (port == 0 && aeronDirectory.isEmpty()) {
      throw new UserException(
          "Cannot reach the coordinator: it has neither a port nor a directory");
    }
  }

  /** Reached over UDP, or over shared memory where the client is on the same host. */
  public static CoordinatorEndpoint udp(String host, int port) {
    return new CoordinatorEndpoint(host, port, "");
  }

  /** Reached through shared memory only. */
  public static CoordinatorEndpoint local(String aeronDirectory) {
    return new CoordinatorEndpoint("localhost", 0, aeronDirectory);
  }

  public CoordinatorEndpoint in(String directory) {
    return new CoordinatorEndpoint(host, port, directory);
  }

  public boolean hasPort() {
    return port != 0;
  }

  @Override
  public String toString() {
    return "the coordinator (" + (hasPort() ? host + ":" + port : "in " + aeronDirectory) + ")";
  }
}
