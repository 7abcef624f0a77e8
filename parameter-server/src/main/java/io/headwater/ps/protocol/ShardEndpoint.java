package io.headwater.ps.protocol;

import io.headwater.checkpoint.UserException;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * Where one replica of a parameter shard is reached.
 *
 * <p>A client on the shard's host attaches to the Aeron media driver of the shard's process (shared
 * memory); others use UDP. A shard with a port occupies three UDP ports: {@code port} (pushes and
 * requests), {@code port + 1} (weights) and {@code port + 2} (answers of the handshake).
 *
 * @param shard index of the shard, from 0
 * @param replica place among the shard's replicas, from 0
 * @param host name or address under which clients reach it
 * @param port first of its UDP ports; 0 = reachable through shared memory only
 * @param mtu largest UDP payload on the way to it, in bytes; see {@link ChunkSize}
 * @param aeronDirectory directory of its media driver if known; empty = found by host and port
 */
public record ShardEndpoint(
    int shard, int replica, String host, int port, int mtu, String aeronDirectory)
    implements Serializable {
  public static final int PORTS = 3;
  public static final int MAX_REPLICAS = 8;

  public ShardEndpoint {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(aeronDirectory, "aeronDirectory");
    if (shard < 0) {
      throw new UserException("Cannot use parameter shard " + shard + ": must be >= 0");
    }
    if (replica < 0 || replica >= MAX_REPLICAS) {
      throw new UserException(
          "Cannot use replica "
              + replica
              + " of parameter shard "
              + shard
              + ": must be in [0, "
              + (MAX_REPLICAS - 1)
              + "]");
    }
    if (port != 0 && (port < 1024 || port > 65536 - PORTS)) {
      throw new UserException(
          "Cannot reach parameter shard "
              + shard
              + " at port "
              + port
              + ": must be in [1024, "
              + (65536 - PORTS)
              + "]");
    }
    ChunkSize.elements(mtu);
    if (port == 0 && aeronDirectory.isEmpty()) {
      throw new UserException(
          "Cannot reach parameter shard " + shard + ": it has neither a port nor a directory");
    }
  }

  /** An endpoint reached over UDP, or over shared memory where the client is on the same host. */
  public static ShardEndpoint udp(int shard, String host, int port) {
    return udp(shard, 0, host, port);
  }

  /** The same, of a replica. */
  public static ShardEndpoint udp(int shard, int replica, String host, int port) {
    int mtu = isLoopback(host) ? ChunkSize.LOOPBACK_MTU : ChunkSize.ETHERNET_MTU;
    return new ShardEndpoint(shard, replica, host, port, mtu, "");
  }

  /** An endpoint reached through shared memory only. */
  public static ShardEndpoint local(int shard, String aeronDirectory) {
    return local(shard, 0, aeronDirectory);
  }

  /** The same, of a replica. */
  public static ShardEndpoint local(int shard, int replica, String aeronDirectory) {
    return new ShardEndpoint(
        shard, replica, "localhost", 0, ChunkSize.LOOPBACK_MTU, aeronDirectory);
  }

  public ShardEndpoint in(String directory) {
    return new ShardEndpoint(shard, replica, host, port, mtu, directory);
  }

  /** The same, reached by datagrams of at most so many bytes. */
  public ShardEndpoint withMtu(int bytes) {
    return new ShardEndpoint(shard, replica, host, port, bytes, aeronDirectory);
  }

  public boolean hasPort() {
    return port != 0;
  }

  /** Elements of one chunk frame on the way to and from this shard, over either transport. */
  public int chunkElements() {
    return ChunkSize.elements(mtu);
  }

  /** Whether only this machine reaches its ports. */
  public boolean isLoopback() {
    return isLoopback(host);
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
  }

  /** Refuses an empty list, and one that is not in order: all replicas of shard 0, then of 1 ... */
  public static void checkAll(List<ShardEndpoint> endpoints) {
    if (endpoints.isEmpty()) {
      throw new UserException("Cannot reach the parameter server: no shard is given");
    }
    int shard = -1;
    int replica = 0;
    for (ShardEndpoint endpoint : endpoints) {
      boolean begins = endpoint.shard == shard + 1 && endpoint.replica == 0;
      boolean continues = endpoint.shard == shard && endpoint.replica == replica + 1;
      if (!begins && !continues) {
        throw new UserException(
            "Cannot reach the parameter server: " + endpoint + " is not in its place of the list");
      }
      shard = endpoint.shard;
      replica = endpoint.replica;
    }
  }

  /** Number of shards that a list in order is of. */
  public static int shards(List<ShardEndpoint> endpoints) {
    return endpoints.get(endpoints.size() - 1).shard + 1;
  }

  @Override
  public String toString() {
    String name = "shard " + shard + (replica == 0 ? "" : " replica " + replica);
    return name + (port == 0 ? " (in " + aeronDirectory + ")" : " (" + host + ":" + port + ")");
  }
}
