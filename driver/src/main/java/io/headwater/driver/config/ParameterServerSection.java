package io.headwater.driver.config;

import io.headwater.checkpoint.UserException;
import io.headwater.ps.codec.Codec;
import io.headwater.ps.codec.Codecs;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.RunSpecification.Timeouts;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.transport.UdpPorts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The parameter shards: inside the driver, or processes of their own.
 *
 * @param shards number of them
 * @param host name under which other machines reach the driver; empty = shared memory only, or, if
 *     there are endpoints, as Spark has it
 * @param coordinatorPort first of two UDP ports of the run's coordinator, in the driver; 0 = any
 * @param port first UDP port of shards inside the driver, three for each
 * @param endpoints {@code host:port} of each shard that runs as its own process, standbys after a +
 * @param mtu largest datagram, in bytes, on the way to and from shards; 0 = what the way carries
 */
public record ParameterServerSection(
    @Setting(value = "parameter shards", derived = "the number of endpoints, else 1") int shards,
    @Setting(
            value =
                "name under which other machines reach the driver; empty: shared memory of this"
                    + " machine only, or, if there are endpoints, Spark's `spark.driver.host`",
            defaultValue = "")
        String host,
    @Setting(
            value = "first of two UDP ports of the coordinator, in the driver; 0: any free ones",
            defaultValue = "0")
        int coordinatorPort,
    @Setting(
            value = "first UDP port of shards inside the driver, three ports for each",
            defaultValue = "40400")
        int port,
    @Setting(
            value =
                "`host:port` of every shard that runs as its own process, each with its standbys, if"
                    + " any, after a plus sign: `a:4000+b:4000`; empty: shards run inside the driver",
            defaultValue = "")
        List<String> endpoints,
    @Setting(
            value =
                "bytes of the largest datagram to and from shards: 1408 fits Ethernet, 8960 jumbo"
                    + " frames; many go in one system call where the kernel can; 0: 65504 on"
                    + " loopback, else 1408",
            defaultValue = "0")
        int mtu,
    @Setting(
            value =
                "how workers push gradients: `fp32`, `bf16`, `fp16`, `one-bit` or `top-k`; what the"
                    + " last two lose is added to the next gradient",
            defaultValue = "fp32")
        String pushCodec,
    @Setting(value = "top-k: part of the gradient's elements to push", defaultValue = "0.01")
        double pushTopK,
    @Setting(value = "how workers pull weights: `fp32`, `bf16` or `fp16`", defaultValue = "fp32")
        String pullCodec,
    @Setting(
            value = "silence after which a worker or a replica of a shard counts as lost",
            defaultValue = "4s")
        Duration lease,
    @Setting(value = "longest wait for shards to load and all workers to join", defaultValue = "2m")
        Duration startTimeout,
    @Setting(value = "longest wait for one step", defaultValue = "15m") Duration stepTimeout,
    @Setting(value = "longest wait for one checkpoint", defaultValue = "30m")
        Duration snapshotTimeout) {
  private static final Map<String, Codec> CODECS =
      Map.of(
          "fp32", Codec.FLOAT32,
          "bf16", Codec.BFLOAT16,
          "fp16", Codec.FLOAT16,
          "one-bit", Codec.ONE_BIT,
          "top-k", Codec.TOP_K);

  public ParameterServerSection {
    endpoints = List.copyOf(endpoints);
    Check.that("parameter-server.shards", shards, shards >= 1 && shards <= 1024, "in [1, 1024]");
    Check.that(
        "parameter-server.coordinator-port",
        coordinatorPort,
        coordinatorPort == 0 || (coordinatorPort >= 1024 && coordinatorPort <= 65534),
        "0, or in [1024, 65534]");
    Check.that(
        "parameter-server.mtu",
        mtu,
        mtu == 0
            || (mtu >= ChunkSize.ETHERNET_MTU && mtu <= ChunkSize.LOOPBACK_MTU && mtu % 32 == 0),
        "0, or a multiple of 32 in ["
            + ChunkSize.ETHERNET_MTU
            + ", "
            + ChunkSize.LOOPBACK_MTU
            + "]");
    Check.that(
        "parameter-server.push-codec",
        pushCodec,
        CODECS.containsKey(pushCodec),
        "fp32, bf16, fp16, one-bit or top-k");
    Check.that("parameter-server.push-top-k", pushTopK, pushTopK > 0 && pushTopK <= 1, "in (0, 1]");
    Check.that(
        "parameter-server.pull-codec",
        pullCodec,
        pullCodec.matches("fp32|bf16|fp16"),
        "fp32, bf16 or fp16");
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

  /** How gradients and weights are encoded. */
  public Codecs codecs() {
    return new Codecs(CODECS.get(pushCodec), pushTopK, CODECS.get(pullCodec));
  }

  /** Whether the shards are processes of their own. */
  public boolean isRemote() {
    return !endpoints.isEmpty();
  }

  /**
   * For how long a worker goes on without hearing the coordinator: longer than a lease, because a
   * driver that was stopped goes on when it wakes, if all are there.
   */
  public Duration coordinatorSilence() {
    return lease.multipliedBy(2).plusSeconds(30);
  }

  /** Whether shards inside the driver are reached over UDP too. */
  public boolean isNetworked() {
    return !host.isEmpty();
  }

  /** Where all shards are, be they processes or inside the driver over UDP. */
  public List<ShardEndpoint> shardEndpoints() {
    List<ShardEndpoint> places = parse(isRemote() ? endpoints : embedded(shards, host, port));
    return mtu == 0 ? places : places.stream().map(place -> place.withMtu(mtu)).toList();
  }

  /**
   * Where the coordinator of a run is to be reached by other processes.
   *
   * @param driverHost name of this machine, if none is configured
   * @throws UserException if no port is free
   */
  public CoordinatorEndpoint coordinator(String driverHost) {
    String name = host.isEmpty() ? driverHost : host;
    int first =
        coordinatorPort == 0
            ? UdpPorts.free("the coordinator", name, CoordinatorEndpoint.PORTS)
            : coordinatorPort;
    return CoordinatorEndpoint.udp(name, first);
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

  private static List<ShardEndpoint> parse(List<String> shards) {
    List<ShardEndpoint> parsed = new ArrayList<>();
    for (int shard = 0; shard < shards.size(); shard++) {
      String[] replicas = shards.get(shard).split("\\+", -1);
      for (int replica = 0; replica < replicas.length; replica++) {
        parsed.add(parse(shard, replica, replicas[replica].strip()));
      }
    }
    return parsed;
  }

  private static ShardEndpoint parse(int shard, int replica, String endpoint) {
    int colon = endpoint.lastIndexOf(':');
    String port = endpoint.substring(colon + 1);
    Check.that(
        "parameter-server.endpoints",
        endpoint,
        colon > 0 && port.matches("\\d{1,5}"),
        "host:port, or several of them joined by +");
    return ShardEndpoint.udp(shard, replica, endpoint.substring(0, colon), Integer.parseInt(port));
  }

  private static void positive(String key, Duration value) {
    Check.that(key, value, !value.isZero() && !value.isNegative(), "above 0");
  }
}
