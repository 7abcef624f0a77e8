package io.headwater.benchmarks.ps;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.coordinator.RunControl;
import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.optimizer.UpdateGuard;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.security.RunSecurity;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.server.ParameterServerConfig;
import io.headwater.ps.sparse.RowInitializer;
import io.headwater.ps.sparse.RowOptimizer;
import io.headwater.ps.sparse.SparseClient;
import io.headwater.ps.sparse.SparseTableClient;
import io.headwater.ps.sparse.SparseTableConfig;
import io.headwater.ps.transport.UdpPorts;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/**
 * Rows a second to and from the shards of a sparse table, by one worker in a process of its own
 * that shares memory with the shards' process; standbys are in a third process, reached over UDP.
 * Beside it, in the same process and turn by turn, {@code System.arraycopy} of as many bytes from a
 * vector as large as the table.
 *
 * <p>Arguments: rows, columns, shards, rows of a batch, rounds, {@code SGD}, {@code ADAGRAD} or
 * {@code ADAM}, standbys of each shard.
 */
public final class SparseRounds {
  private static final String WORKER_ROLE = "worker";
  private static final String STANDBY_ROLE = "standbys";
  private static final String HOST = "127.0.0.1";
  private static final int WARM_UP = 20;

  private SparseRounds() {}

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case WORKER_ROLE -> work(arguments);
      case STANDBY_ROLE -> stand(arguments);
      default -> serve(arguments);
    }
    System.exit(0);
  }

  private static void serve(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("headwater-sparse-rounds");
    String start = Checkpoint.directory(folder.toString(), 0);
    int shards = Integer.parseInt(arguments[2]);
    TensorLayout layout =
        TensorLayout.builder().add("weights", shards, ChunkSize.BLOCK).build(); // the least
    try (FlatVector zeros = FlatVector.allocate(layout.elements())) {
      Checkpoint.write(
          start,
          0,
          layout,
          zeros,
          new CheckpointDescription(
              JsonNodeFactory.instance.objectNode(), Optional.empty(), Optional.empty()));
    }
    String run = "sparse-rounds-" + ProcessHandle.current().pid();
    RunSpecification specification =
        new RunSpecification(
            run,
            1,
            new RunSpecification.Training(
                1, 1, OptimizerConfig.sgd(), LearningRateSchedule.constant(1e-3f)),
            new RunSpecification.Checkpoints(start, folder.resolve("output").toString(), 0),
            new RunSpecification.Timeouts(
                Duration.ofMinutes(30),
                Duration.ofMinutes(1),
                Duration.ofMinutes(30),
                Duration.ofMinutes(30)));
    int standbys = Integer.parseInt(arguments[6]);
    int ports = shards * (1 + standbys) * ShardEndpoint.PORTS;
    int port = UdpPorts.free("a benchmark", HOST, ports + CoordinatorEndpoint.PORTS);
    List<ShardEndpoint> endpoints = endpoints(shards, standbys, port);
    CoordinatorEndpoint coordinator = CoordinatorEndpoint.udp(HOST, port + ports);
    List<Process> processes = new ArrayList<>();
    if (standbys > 0) {
      processes.add(start(STANDBY_ROLE, run, port, arguments));
    }
    try (ParameterServer server = ParameterServer.start(hosting(endpoints, true));
        RunControl control =
            RunControl.open(
                coordinator.in(server.endpoints().get(0).aeronDirectory()),
                server.endpoints(),
                specification,
                RunSecurity.NONE,
                UpdateGuard.State.START,
                new SilentListener())) {
      Process worker = start(WORKER_ROLE, run, port, arguments);
      if (worker.waitFor() != 0) {
        throw new IllegalStateException("the worker ended with " + worker.exitValue());
      }
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
  }

  private static Process start(String role, String run, int port, String[] arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(SparseRounds.class.getName(), role, run, Integer.toString(port)));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).inheritIO().start();
  }

  private static List<ShardEndpoint> endpoints(int shards, int standbys, int port) {
    List<ShardEndpoint> endpoints = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      for (int replica = 0; replica <= standbys; replica++) {
        int at = port + endpoints.size() * ShardEndpoint.PORTS;
        endpoints.add(ShardEndpoint.udp(shard, replica, HOST, at));
      }
    }
    return endpoints;
  }

  private static ParameterServerConfig hosting(List<ShardEndpoint> endpoints, boolean primaries) {
    return new ParameterServerConfig(
        endpoints,
        endpoints.stream().filter(place -> primaries == (place.replica() == 0)).toList());
  }

  private static void stand(String[] arguments) throws InterruptedException {
    int shards = Integer.parseInt(arguments[5]);
    int standbys = Integer.parseInt(arguments[9]);
    List<ShardEndpoint> endpoints = endpoints(shards, standbys, Integer.parseInt(arguments[2]));
    try (ParameterServer server = ParameterServer.start(hosting(endpoints, false))) {
      server.awaitRunEnd();
    }
  }

  private static void work(String[] arguments) {
    int rows = Integer.parseInt(arguments[3]);
    int columns = Integer.parseInt(arguments[4]);
    int shards = Integer.parseInt(arguments[5]);
    int batch = Integer.parseInt(arguments[6]);
    int rounds = Integer.parseInt(arguments[7]);
    int port = Integer.parseInt(arguments[2]);
    List<ShardEndpoint> endpoints = endpoints(shards, Integer.parseInt(arguments[9]), port);
    CoordinatorEndpoint coordinator =
        CoordinatorEndpoint.udp(HOST, port + endpoints.size() * ShardEndpoint.PORTS);
    WorkerClientConfig worker = WorkerClientConfig.of(arguments[1], 0, 1, coordinator, endpoints);
    RowOptimizer optimizer =
        new RowOptimizer(RowOptimizer.Kind.valueOf(arguments[8]), 0.9f, 0.999f, 1e-8f, 0);
    SparseTableConfig config =
        new SparseTableConfig("rounds", columns, 1, RowInitializer.uniform(0.1f), optimizer, rows);
    Rounds push = new Rounds(rounds, WARM_UP);
    Rounds pull = new Rounds(rounds, WARM_UP);
    Rounds copy = new Rounds(rounds, WARM_UP);
    try (FlatVector weights = FlatVector.allocate((long) shards * ChunkSize.BLOCK);
        WorkerClient server = WorkerClient.connect(worker);
        SparseClient client = SparseClient.connect(worker, server);
        FlatVector flat = FlatVector.allocate((long) rows * columns)) {
      server.join(weights);
      SparseTableClient table = client.open(config);
      long[] ids = new long[batch];
      float[] values = new float[batch * columns];
      for (int from = 0; from < rows; from += batch) { // creates all
        for (int i = 0; i < batch; i++) {
          ids[i] = (from + i) % rows;
        }
        table.pull(ids, batch, values);
      }
      Random random = new Random(1);
      for (int round = 0; round < rounds + WARM_UP; round++) {
        for (int i = 0; i < batch; i++) {
          ids[i] = random.nextInt(rows);
        }
        long startNs = System.nanoTime();
        table.pull(ids, batch, values);
        long pulledNs = System.nanoTime();
        table.push(ids, values, batch, 1e-6f);
        client.flush();
        long pushedNs = System.nanoTime();
        flat.read((long) random.nextInt(rows - batch + 1) * columns, values, 0, values.length);
        copy.add(System.nanoTime() - pushedNs);
        pull.add(pulledNs - startNs);
        push.add(pushedNs - pulledNs);
      }
    }
    double bytes = (double) batch * columns * Float.BYTES;
    report("pull", pull, batch, bytes);
    report("push", push, batch, bytes);
    report("memcpy", copy, batch, bytes);
  }

  private static void report(String name, Rounds rounds, int batch, double bytes) {
    double milliseconds = rounds.median();
    System.out.printf(
        Locale.ROOT,
        "%-6s median %8.3f ms  %7.3f M rows/s  %6.2f GB/s%n",
        name,
        milliseconds,
        batch / milliseconds * 1e-3,
        bytes / milliseconds * 1e-6);
  }
}
