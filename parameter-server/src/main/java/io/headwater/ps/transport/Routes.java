package io.headwater.ps.transport;

import io.aeron.Aeron;
import io.aeron.exceptions.AeronException;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.security.Peer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's ways to shards: through the shard's own media driver where it is on this host, through
 * an embedded one and UDP where it is not. Closing it closes all channels. Not thread-safe.
 */
public final class Routes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

  private final Protection protection;
  private final long run;
  private final Peer self;
  private final Map<String, Aeron> clients = new HashMap<>();
  private EmbeddedDriver driver;

  /**
   * @param protection of what leaves this host
   * @param run key of the run
   * @param self whose ways they are
   */
  public Routes(Protection protection, long run, Peer self) {
    this.protection = protection;
    this.run = run;
    this.self = self;
  }

  /** The way to a shard. */
  public ShardRoute to(ShardEndpoint endpoint) {
    return protection.guard((ShardRoute) nearest(endpoint), run, self);
  }

  /** The way to a coordinator. */
  public CoordinatorRoute to(CoordinatorEndpoint endpoint) {
    Optional<String> local = LocalDrivers.find(endpoint);
    if (local.isPresent()) {
      return new AeronCoordinatorRoute(client(local.get()), endpoint, true);
    }
    if (!endpoint.hasPort()) {
      throw new ParameterServerException(
          "Cannot reach " + endpoint + ": no media driver is at work there, and it has no port");
    }
    CoordinatorRoute network =
        new AeronCoordinatorRoute(client(own().directory()), endpoint, false);
    return protection.guard(network, run, self);
  }

  /**
   * The way of requests to a shard that may not be there yet, or come back: over UDP if it has a
   * port, since its media driver goes with its process.
   */
  public MessageOutlet requestsTo(ShardEndpoint endpoint) {
    ShardRoute way = endpoint.hasPort() ? overUdp(endpoint) : nearest(endpoint);
    return protection.guard(way, run, self).requests();
  }

  /** The way of row frames to a shard. */
  public RowRoute rowsTo(ShardEndpoint endpoint) {
    AeronShardRoute way = nearest(endpoint);
    return protection.guard((ShardRoute) way, run, self).protect(way.rows());
  }

  private AeronShardRoute nearest(ShardEndpoint endpoint) {
    Optional<String> local = LocalDrivers.find(endpoint);
    if (local.isPresent()) {
      LOG.debug("{}: shared memory in {}", endpoint, local.get());
      return new AeronShardRoute(client(local.get()), endpoint, true);
    }
    if (!endpoint.hasPort()) {
      throw new ParameterServerException(
          "Cannot reach " + endpoint + ": no media driver is at work there, and it has no port");
    }
    return overUdp(endpoint);
  }

  /** The way to a shard over UDP, whichever host it is on; not protected. */
  public AeronShardRoute overUdp(ShardEndpoint endpoint) {
    LOG.debug("{}: UDP", endpoint);
    return new AeronShardRoute(client(own().directory()), endpoint, false);
  }

  private EmbeddedDriver own() {
    if (driver == null) {
      driver = EmbeddedDriver.launch();
    }
    return driver;
  }

  private Aeron client(String directory) {
    return clients.computeIfAbsent(directory, Routes::connect);
  }

  /** An Aeron client of the media driver in a directory. */
  public static Aeron connect(String directory) {
    try {
      return Aeron.connect(
          new Aeron.Context()
              .aeronDirectoryName(directory)
              .errorHandler(e -> LOG.warn("Aeron client of {}: {}", directory, e.toString())));
    } catch (AeronException e) {
      throw new ParameterServerException(
          "Cannot attach to the media driver in " + directory + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    CloseHelper.quietCloseAll(clients.values());
    CloseHelper.quietClose(driver);
  }
}
