package io.headwater.ps.server;

import io.aeron.Aeron;
import io.headwater.checkpoint.UserException;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.security.Peer;
import io.headwater.ps.sparse.TableAgent;
import io.headwater.ps.transport.AeronCoordinatorRoute;
import io.headwater.ps.transport.AeronShardRoute;
import io.headwater.ps.transport.CoordinatorRoute;
import io.headwater.ps.transport.EmbeddedDriver;
import io.headwater.ps.transport.IdleStrategies;
import io.headwater.ps.transport.LocalDrivers;
import io.headwater.ps.transport.Protection;
import io.headwater.ps.transport.Routes;
import io.headwater.ps.transport.RowRoute;
import io.headwater.ps.transport.ShardEnd;
import io.headwater.ps.transport.ShardRoute;
import io.headwater.ps.transport.UdpPorts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.CompositeAgent;
import org.agrona.concurrent.SystemNanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Runs parameter shards in this process: an embedded Aeron media driver and a thread per shard. */
public final class ParameterServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ParameterServer.class);

  private static final long ANY_RUN = 0;
  private static final long LONGEST_TURN_NS = 30_000_000_000L;

  private final List<ShardEndpoint> endpoints;
  private final List<ShardEndpoint> hosted = new ArrayList<>();
  private final EmbeddedDriver driver;
  private final Aeron aeron;
  private final Protection protection;
  private final List<AgentRunner> runners = new ArrayList<>();
  private final List<ShardPulse> pulses = new ArrayList<>();
  private final List<ExecutorService> storages = new ArrayList<>();
  private final BlockingQueue<RunOutcome> outcomes = new LinkedBlockingQueue<>();

  private ParameterServer(ParameterServerConfig config) {
    protection = Protection.of(config.security(), SystemNanoClock.INSTANCE);
    driver = EmbeddedDriver.launch();
    List<ShardEndpoint> located = new ArrayList<>();
    for (ShardEndpoint endpoint : config.endpoints()) {
      boolean here = config.hosted().contains(endpoint);
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
    config.hosted().forEach(ParameterServer::checkPorts);
    return started(config);
  }

  /** Starts all shards in this process, reachable from this host only, through shared memory. */
  public static ParameterServer startEmbedded(int shards) {
    List<ShardEndpoint> endpoints = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      endpoints.add(ShardEndpoint.local(shard, "embedded"));
    }
    return start(new ParameterServerConfig(endpoints, endpoints));
  }

  private static ParameterServer started(ParameterServerConfig config) {
    ParameterServer server = new ParameterServer(config);
    try {
      for (int place = 0; place < config.endpoints().size(); place++) {
        if (config.hosted().contains(config.endpoints().get(place))) {
          server.start(server.endpoints.get(place));
        }
      }
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void start(ShardEndpoint endpoint) {
    long incarnation = System.currentTimeMillis();
    Peer self = Peer.replica(endpoint, incarnation);
    List<AeronShardRoute> ways = new ArrayList<>();
    ways.add(new AeronShardRoute(aeron, endpoint, true));
    if (endpoint.hasPort()) {
      ways.add(new AeronShardRoute(aeron, endpoint, false));
    }
    List<ShardEnd> ends = new ArrayList<>();
    List<RowRoute> rows = new ArrayList<>();
    for (AeronShardRoute way : ways) {
      ShardEnd end = protection.guard((ShardEnd) way, self);
      ends.add(end);
      rows.add(end.protect(way.rows()));
    }
    ExecutorService writer = storage(endpoint.shard());
    storages.add(writer);
    Executor storage = inSameContext(writer);
    TableAgent tables = new TableAgent(endpoint, endpoints, rows, to -> rowsTo(to, self), storage);
    ShardAgent agent =
        new ShardAgent(
            endpoint,
            new Neighbours(endpoints, to -> routeTo(to, self), to -> routeTo(to, self)),
            ends,
            incarnation,
            SystemNanoClock.INSTANCE,
            storage,
            tables,
            outcomes::add);
    AgentRunner runner =
        new AgentRunner(
            IdleStrategies.forApplication(),
            e -> onError(endpoint, e),
            null,
            new CompositeAgent(agent, tables));
    runners.add(runner);
    pulses.add(agent.pulse());
    hosted.add(endpoint);
    AgentRunner.startOnThread(runner);
    if (endpoint.hasPort()) {
      LocalDrivers.announce(endpoint.port(), driver.directory());
      LOG.info("{} is up", endpoint);
      if (!protection.isOn() && !endpoint.isLoopback()) {
        LOG.warn(
            "{} listens on a network without a secret: whoever reaches its ports can read and"
                + " change the run; security.secret-file protects it",
            endpoint);
      }
    }
  }

  private void onError(ShardEndpoint endpoint, Throwable error) {
    if (aeron.isClosed()) {
      // For good: Aeron gives a client up that stood still for ten seconds.
      String reason = "stopped for too long, or its media driver is gone; to be started again";
      LOG.error("{}: {}", endpoint, reason);
      outcomes.add(new RunOutcome("", 0, Optional.of(endpoint + ": " + reason)));
      Thread.currentThread().interrupt(); // ends the agent
    } else {
      LOG.error("{}: {}", endpoint, error.getMessage(), error);
    }
  }

  // A replica learns only afterwards of which run it is; its own sessions do not depend on that.
  private ShardRoute routeTo(ShardEndpoint endpoint, Peer self) {
    ShardRoute way = new AeronShardRoute(aeron, endpoint, isHere(endpoint.aeronDirectory()));
    return protection.guard(way, ANY_RUN, self);
  }

  private RowRoute rowsTo(ShardEndpoint endpoint, Peer self) {
    AeronShardRoute way = new AeronShardRoute(aeron, endpoint, isHere(endpoint.aeronDirectory()));
    return protection.guard((ShardRoute) way, ANY_RUN, self).protect(way.rows());
  }

  private CoordinatorRoute routeTo(CoordinatorEndpoint endpoint, Peer self) {
    CoordinatorRoute way =
        new AeronCoordinatorRoute(aeron, endpoint, isHere(endpoint.aeronDirectory()));
    return protection.guard(way, ANY_RUN, self);
  }

  private boolean isHere(String directory) {
    return directory.equals(driver.directory());
  }

  private static ExecutorService storage(int shard) {
    return Executors.newSingleThreadExecutor(
        task -> {
          Thread thread = new Thread(task, "headwater-storage-" + shard);
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Its log lines are about what the thread that hands a task over is at. */
  private static Executor inSameContext(Executor executor) {
    return task -> {
      Map<String, String> context = MDC.getCopyOfContextMap();
      executor.execute(
          () -> {
            MDC.setContextMap(context == null ? Map.of() : context);
            task.run();
          });
    };
  }

  /** All shards, those of this process with the directory of its media driver. */
  public List<ShardEndpoint> endpoints() {
    return endpoints;
  }

  /**
   * Whether the threads of all shards of this process turn: none was stuck for the last 30 s.
   * Nothing about the rest of the run.
   */
  public boolean isAlive() {
    return pulses.stream().allMatch(pulse -> pulse.silenceNs() < LONGEST_TURN_NS);
  }

  /**
   * Whether all shards of this process wait for a run, or are registered in one with all state: a
   * standby that is ready could take over.
   */
  public boolean isReady() {
    return isAlive() && pulses.stream().allMatch(ShardPulse::isReady);
  }

  /** Waits until a run has ended on a shard of this process, and everyone concerned knows. */
  public RunOutcome awaitRunEnd() throws InterruptedException {
    return outcomes.take();
  }

  @Override
  public void close() {
    CloseHelper.quietCloseAll(runners);
    storages.forEach(ExecutorService::shutdownNow);
    hosted.stream()
        .filter(ShardEndpoint::hasPort)
        .forEach(endpoint -> LocalDrivers.withdraw(endpoint.port()));
    CloseHelper.quietClose(aeron);
    CloseHelper.quietClose(driver);
  }

  /**
   * Refuses a shard that could not be started in this process.
   *
   * @throws UserException if a port is in use or the host is not this machine's
   */
  public static void checkPorts(ShardEndpoint endpoint) {
    if (endpoint.hasPort()) {
      UdpPorts.check(
          "parameter " + endpoint, endpoint.host(), endpoint.port(), ShardEndpoint.PORTS);
    }
  }
}
