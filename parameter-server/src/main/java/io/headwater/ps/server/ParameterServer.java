package io.headwater.ps.server;

import io.aeron.Aeron;
import io.headwater.checkpoint.UserException;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.sparse.TableAgent;
import io.headwater.ps.transport.AeronShardRoute;
import io.headwater.ps.transport.EmbeddedDriver;
import io.headwater.ps.transport.IdleStrategies;
import io.headwater.ps.transport.LocalDrivers;
import io.headwater.ps.transport.Routes;
import io.headwater.ps.transport.RowRoute;
import io.headwater.ps.transport.ShardRoute;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.CompositeAgent;
import org.agrona.concurrent.SystemNanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs parameter shards in this process: an embedded Aeron media driver and a thread per shard. */
public final class ParameterServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ParameterServer.class);

  private final List<ShardEndpoint> endpoints;
  private final List<ShardEndpoint> hosted = new ArrayList<>();
  private final EmbeddedDriver driver;
  private final Aeron aeron;
  private final List<AgentRunner> runners = new ArrayList<>();
  private final List<ExecutorService> storages = new ArrayList<>();
  private final BlockingQueue<RunOutcome> outcomes = new LinkedBlockingQueue<>();

  private ParameterServer(List<ShardEndpoint> all, List<Integer> hostedShards) {
    driver = EmbeddedDriver.launch();
    List<ShardEndpoint> located = new ArrayList<>();
    for (ShardEndpoint endpoint : all) {
      boolean here = hostedShards.contains(endpoint.shard());
      located.add(here ? endpoint.in(driver.directory()) : endpoint);
    }
    endpoints = List.copyOf(located);
    try {
      aeron = Routes.connect(driver.directory());
    } catch (RuntimeException e) {
      driver.close();
      throw e;
    }
  }

  /**
   * Starts the shards; they wait for a run to be opened.
   *
   * @throws UserException if a port is in use or the host is not this machine's
   */
  public static ParameterServer start(ParameterServerConfig config) {
    for (int shard : config.hostedShards()) {
      checkPorts(config.endpoints().get(shard));
    }
    return started(new ParameterServer(config.endpoints(), config.hostedShards()), config);
  }

  /** Starts all shards in this process, reachable from this host only, through shared memory. */
  public static ParameterServer startEmbedded(int shards) {
    List<ShardEndpoint> endpoints = new ArrayList<>();
    List<Integer> hosted = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      endpoints.add(ShardEndpoint.local(shard, "embedded"));
      hosted.add(shard);
    }
    return start(new ParameterServerConfig(endpoints, hosted));
  }

  private static ParameterServer started(ParameterServer server, ParameterServerConfig config) {
    try {
      config.hostedShards().forEach(server::startShard);
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void startShard(int shard) {
    ShardEndpoint endpoint = endpoints.get(shard);
    List<AeronShardRoute> ends = new ArrayList<>();
    ends.add(new AeronShardRoute(aeron, endpoint, true));
    if (endpoint.hasPort()) {
      ends.add(new AeronShardRoute(aeron, endpoint, false));
    }
    ShardEndpoint lead = endpoints.get(0);
    boolean leadIsHere = lead.aeronDirectory().equals(driver.directory());
    ShardRoute toLead = new AeronShardRoute(aeron, lead, leadIsHere);
    ExecutorService storage = storage(shard);
    storages.add(storage);
    List<RowRoute> rows = ends.stream().map(AeronShardRoute::rows).toList();
    TableAgent tables = new TableAgent(endpoint, endpoints.size(), rows, storage);
    ShardAgent agent =
        new ShardAgent(
            endpoints,
            endpoint,
            List.copyOf(ends),
            toLead,
            SystemNanoClock.INSTANCE,
            storage,
            tables,
            outcomes::add);
    AgentRunner runner =
        new AgentRunner(
            IdleStrategies.forApplication(),
            e -> LOG.error("{}: {}", endpoint, e.getMessage(), e),
            null,
            new CompositeAgent(agent, tables));
    runners.add(runner);
    hosted.add(endpoint);
    AgentRunner.startOnThread(runner);
    if (endpoint.hasPort()) {
      LocalDrivers.announce(endpoint, driver.directory());
      LOG.info("{} is up", endpoint);
    }
  }

  private static ExecutorService storage(int shard) {
    return Executors.newSingleThreadExecutor(
        task -> {
          Thread thread = new Thread(task, "headwater-storage-" + shard);
          thread.setDaemon(true);
          return thread;
        });
  }

  /** All shards, those of this process with the directory of its media driver. */
  public List<ShardEndpoint> endpoints() {
    return endpoints;
  }

  /**
   * Waits until a run has ended on a shard of this process, and, if that is the lead shard, until
   * everyone concerned knows.
   */
  public RunOutcome awaitRunEnd() throws InterruptedException {
    return outcomes.take();
  }

  @Override
  public void close() {
    CloseHelper.quietCloseAll(runners);
    storages.forEach(ExecutorService::shutdownNow);
    hosted.stream().filter(ShardEndpoint::hasPort).forEach(LocalDrivers::withdraw);
    CloseHelper.quietClose(aeron);
    CloseHelper.quietClose(driver);
  }

  /**
   * Refuses a shard that could not be started in this process.
   *
   * @throws UserException if a port is in use or the host is not this machine's
   */
  public static void checkPorts(ShardEndpoint endpoint) {
    for (int i = 0; i < ShardEndpoint.PORTS && endpoint.hasPort(); i++) {
      int port = endpoint.port() + i;
      try (DatagramSocket socket = new DatagramSocket(null)) {
        socket.setReuseAddress(false);
        socket.bind(new InetSocketAddress(InetAddress.getByName(endpoint.host()), port));
      } catch (UnknownHostException e) {
        throw new UserException(
            "Cannot start parameter shard "
                + endpoint.shard()
                + ": host "
                + endpoint.host()
                + " is unknown",
            e);
      } catch (IOException e) {
        throw new UserException(
            "Cannot start parameter shard "
                + endpoint.shard()
                + ": UDP port "
                + port
                + " of "
                + endpoint.host()
                + " cannot be used ("
                + e.getMessage()
                + "); each shard needs "
                + ShardEndpoint.PORTS
                + " free ports in a row",
            e);
      }
    }
  }
}
