package io.headwater.ps.transport;

import io.aeron.Aeron;
import io.aeron.exceptions.AeronException;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.ShardEndpoint;
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

  private final Map<String, Aeron> clients = new HashMap<>();
  private EmbeddedDriver driver;

  /** The way to a shard. */
  public ShardRoute to(ShardEndpoint endpoint) {
    return nearest(endpoint);
  }

  /** The way of row frames to a shard. */
  public RowRoute rowsTo(ShardEndpoint endpoint) {
    return nearest(endpoint).rows();
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

  /** The way to a shard over UDP, whichever host it is on. */
  public AeronShardRoute overUdp(ShardEndpoint endpoint) {
    if (driver == null) {
      driver = EmbeddedDriver.launch();
    }
    LOG.debug("{}: UDP", endpoint);
    return new AeronShardRoute(client(driver.directory()), endpoint, false);
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
