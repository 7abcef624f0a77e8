package io.headwater.ps.testing;

import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.coordinator.RunControl;
import io.headwater.ps.coordinator.RunListener;
import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.optimizer.UpdateGuard;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.security.RunSecurity;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A run over given shards, with its workers on threads of this process. */
public final class ToyRun implements AutoCloseable {
  private static final int FIRST_PORT = 20_000;
  private static final int PORTS = 12_000; // up to where those begin that the system gives
  private static final AtomicInteger portsGiven = new AtomicInteger((int) (Math.random() * PORTS));

  private final String id;
  private final CoordinatorEndpoint coordinator;
  private final List<ShardEndpoint> endpoints;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private RunSecurity security = RunSecurity.NONE;
  private RunControl control;

  public ToyRun(List<ShardEndpoint> endpoints) {
    this(endpoints, coordinator(endpoints.get(0)));
  }

  /** A run whose coordinator is at a given place. */
  public ToyRun(List<ShardEndpoint> endpoints, CoordinatorEndpoint coordinator) {
    this(UUID.randomUUID().toString(), endpoints, coordinator);
  }

  private ToyRun(String id, List<ShardEndpoint> endpoints, CoordinatorEndpoint coordinator) {
    this.id = id;
    this.coordinator = coordinator;
    this.endpoints = List.copyOf(endpoints);
  }

  /** Whatever is opened or started from now on is protected so. */
  public ToyRun securedBy(RunSecurity other) {
    security = other;
    return this;
  }

  /** The same run, its shards reached otherwise. */
  public ToyRun reaching(List<ShardEndpoint> others) {
    return reaching(others, coordinator);
  }

  /** The same run, its shards and its coordinator reached otherwise. */
  public ToyRun reaching(List<ShardEndpoint> others, CoordinatorEndpoint at) {
    return new ToyRun(id, others, at);
  }

  private static CoordinatorEndpoint coordinator(ShardEndpoint shard) {
    return shard.hasPort()
        ? CoordinatorEndpoint.udp("127.0.0.1", freePorts(CoordinatorEndpoint.PORTS))
        : CoordinatorEndpoint.local(shard.aeronDirectory());
  }

  public CoordinatorEndpoint coordinator() {
    return coordinator;
  }

  public String id() {
    return id;
  }

  public static RunSpecification.Training training(
      long steps, int microBatches, OptimizerConfig optimizer) {
    return new RunSpecification.Training(
        steps, microBatches, optimizer, new LearningRateSchedule(0.01f, 0.001f, 2, 20));
  }

  /** Short enough for tests, long enough for a busy machine. */
  public static RunSpecification.Timeouts timeouts(int startSeconds, int leaseSeconds) {
    return new RunSpecification.Timeouts(
        Duration.ofSeconds(startSeconds),
        Duration.ofSeconds(leaseSeconds),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30));
  }

  public RunSpecification specification(
      int workers, RunSpecification.Training training, String from, Path output, long every) {
    return new RunSpecification(
        id,
        workers,
        training,
        new RunSpecification.Checkpoints(from, output.toString(), every),
        timeouts(30, 20));
  }

  public RunControl open(RunSpecification run, RunListener listener) {
    control =
        RunControl.open(coordinator, endpoints, run, security, UpdateGuard.State.START, listener);
    return control;
  }

  public WorkerClientConfig worker(int worker, long incarnation) {
    return new WorkerClientConfig(
        id,
        worker,
        incarnation,
        coordinator,
        endpoints,
        Duration.ofSeconds(30),
        Duration.ofSeconds(20),
        security);
  }

  /** The arguments of a {@link WorkerProcess}. */
  public List<String> workerArguments(int worker, long incarnation) {
    return workerArguments(worker, incarnation, coordinator);
  }

  /** The same, where the coordinator is reached otherwise. */
  public List<String> workerArguments(int worker, long incarnation, CoordinatorEndpoint at) {
    List<String> arguments = new ArrayList<>();
    arguments.add(id);
    arguments.add(Integer.toString(worker));
    arguments.add(Long.toString(incarnation));
    arguments.add(at.host());
    arguments.add(Integer.toString(at.port()));
    arguments.addAll(Places.arguments(endpoints));
    return arguments;
  }

  public <T> Future<T> start(Callable<T> task) {
    return threads.submit(task);
  }

  /** Runs that many workers to the end and returns what each pulled last. */
  public List<float[]> runWorkers(int workers) throws Exception {
    List<Future<float[]>> futures = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      futures.add(start(new ToyWorker(worker(worker, 1))));
    }
    List<float[]> weights = new ArrayList<>();
    for (Future<float[]> future : futures) {
      weights.add(future.get(60, TimeUnit.SECONDS));
    }
    return weights;
  }

  /**
   * The first of some UDP ports in a row that are free now, that this process has given to nobody
   * else, and that the system gives to nobody by itself: what they are for, opens them later.
   */
  public static int freePorts(int count) {
    while (true) {
      int port = FIRST_PORT + Math.floorMod(portsGiven.getAndAdd(count), PORTS - count);
      if (areFree(port, count)) {
        return port;
      }
    }
  }

  private static boolean areFree(int first, int count) {
    for (int port = first; port < first + count; port++) {
      try (DatagramSocket socket = new DatagramSocket(null)) {
        socket.bind(new InetSocketAddress("127.0.0.1", port));
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    if (control != null) {
      control.close();
    }
    threads.shutdownNow();
  }
}
