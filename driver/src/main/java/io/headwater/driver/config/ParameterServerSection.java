package io.headwater.driver.config;

import io.headwater.checkpoint.UserException;
import io.headwater.ps.protocol.RunSpecification.Timeouts;
import io.headwater.ps.protocol.ShardEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The parameter shards: inside the driver, or processes of their own.
 *
 * @param shards number of them
 * @param host name under which workers on other machines reach shards inside the driver; empty =
 *     shared memory only
 * @param port first UDP port of shards inside the driver, three for each
 * @param endpoints {@code host:port} of each shard that runs as its own process
 */
public record ParameterServerSection(
    @Setting(value = "parameter shards", derived = "the number of endpoints, else 1") int shards,
    @Setting(
            value =
                "name under which workers on other machines reach shards inside the driver; empty:"
                    + " shared memory of this machine only",
            defaultValue = "")
        String host,
    @Setting(
            value = "first UDP port of shards inside the driver, three ports for each",
            defaultValue = "40400")
        int port,
    @Setting(
            value =
                "`host:port` of every shard that runs as its own process; empty: shards run inside"
                    + " the driver",
            defaultValue = "")
        List<String> endpoints,
    @Setting(
            value = "silence after which a worker, a shard or the driver counts as lost",
            defaultValue = "15s")
        Duration lease,
    @Setting(value = "longest wait for shards to load and all workers to join", defaultValue = "2m")
        Duration startTimeout,
    @Setting(value = "longest wait for one step", defaultValue = "15m") Duration stepTimeout,
    @Setting(value = "longest wait for one checkpoint", defaultValue = "30m")
        Duration snapshotTimeout) {
  public ParameterServerSection {
    endpoints = List.copyOf(endpoints);
    Check.that("parameter-server.shards", shards, shards >= 1 && shards <= 1024, "in [1, 1024]");
    positive("parameter-server.lease", lease);
    positive("parameter-server.start-timeout", startTimeout);
    positive("parameter-server.step-timeout", stepTimeout);
    positive("parameter-server.snapshot-timeout", snapshotTimeout);
    if (!endpoints.isEmpty() && endpoints.size() != shards) {
      throw new UserException(
          "Cannot use parameter-server.shards: "
              + shards
              + " (parameter-server.endpoints names "
              + endpoints.size()
              + ")");
    }
    parse(endpoints);
    if (!host.isEmpty()) {
      parse(embedded(shards, host, port));
    }
  }

  /** Whether the shards are processes of their own. */
  public boolean isRemote() {
    return !endpoints.isEmpty();
  }

  /** Whether shards inside the driver are reached over UDP too. */
  public boolean isNetworked() {
    return !host.isEmpty();
  }

  /** Where all shards are, be they processes or inside the driver over UDP. */
  public List<ShardEndpoint> shardEndpoints() {
    return parse(isRemote() ? endpoints : embedded(shards, host, port));
  }

  public Timeouts timeouts() {
    return new Timeouts(startTimeout, lease, stepTimeout, snapshotTimeout);
  }

  private static List<String> embedded(int shards, String host, int port) {
    List<String> all = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      all.add(host + ":" + (port + shard * ShardEndpoint.PORTS));
    }
    return all;
  }

  private static List<ShardEndpoint> parse(List<String> endpoints) {
    List<ShardEndpoint> parsed = new ArrayList<>();
    for (String endpoint : endpoints) {
      int colon = endpoint.lastIndexOf(':');
      String port = endpoint.substring(colon + 1);
      Check.that(
          "parameter-server.endpoints",
          endpoint,
          colon > 0 && port.matches("\\d{1,5}"),
          "host:port");
      parsed.add(
          ShardEndpoint.udp(parsed.size(), endpoint.substring(0, colon), Integer.parseInt(port)));
    }
    return parsed;
  }

  private static void positive(String key, Duration value) {
    Check.that(key, value, !value.isZero() && !value.isNegative(), "above 0");
  }
}
