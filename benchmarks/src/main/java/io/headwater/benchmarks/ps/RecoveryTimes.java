package io.headwater.benchmarks.ps;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.coordinator.RunControl;
import io.headwater.ps.coordinator.RunListener;
import io.headwater.ps.coordinator.StepCompleted;
import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.optimizer.UpdateGuard;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.Event.WorkerLost;
import io.headwater.ps.protocol.MicroBatchFigures;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.RunFailedException;
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
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * How long a run stands still when a process of it is killed with {@code kill -9}, and how long it
 * takes until the process, started again at once, takes part: two workers, two shards of two
 * replicas, each a process of its own, AdamW, the default lease. With a table, in each step each
 * worker also pushes some of its rows, and waits until that is acknowledged.
 *
 * <p>Arguments: elements, trials of each kind, rows of a sparse table of 64 columns (0: none).
 */
public final class RecoveryTimes implements RunListener {
  private static final int SHARDS = 2;
  private static final int REPLICAS = 2;
  private static final int WORKERS = 2;
  private static final int STEPS_BETWEEN = 30;
  private static final long PATIENCE_S = 120;

  private record Heard(String what, long atNs) {}

  private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
  private final Map<String, Process> processes = new HashMap<>();
  private final Map<Integer, Long> incarnations = new HashMap<>();
  private final String run = "recovery-" + ProcessHandle.current().pid();
  private final List<ShardEndpoint> endpoints = new ArrayList<>();
  private final CoordinatorEndpoint coordinator;
  private final long elements;
  private final int rows;

  private RecoveryTimes(long elements, int rows) {
    this.elements = elements;
    this.rows = rows;
    int replicaPorts = SHARDS * REPLICAS * ShardEndpoint.PORTS;
    int port = UdpPorts.free("a benchmark", "127.0.0.1", replicaPorts + CoordinatorEndpoint.PORTS);
    for (int place = 0; place < SHARDS * REPLICAS; place++) {
      int at = port + place * ShardEndpoint.PORTS;
      endpoints.add(ShardEndpoint.udp(place / REPLICAS, place % REPLICAS, "127.0.0.1", at));
    }
    coordinator = CoordinatorEndpoint.udp("127.0.0.1", port + replicaPorts);
  }

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "shard" -> {
        ShardEndpoint place = endpoints(arguments[1]).get(Integer.parseInt(arguments[2]));
        try (ParameterServer server =
            ParameterServer.start(
                ParameterServerConfig.of(
                    endpoints(arguments[1]), place.shard(), place.replica()))) {
          server.awaitRunEnd();
        }
      }
      case "worker" -> work(arguments);
      default ->
          new RecoveryTimes(Long.parseLong(arguments[0]), Integer.parseInt(arguments[2]))
              .drive(Integer.parseInt(arguments[1]));
    }
    System.exit(0); // the engine's threads are daemons only in part
  }

  private void drive(int trials) throws Exception {
    Path folder = Files.createTempDirectory("headwater-recovery");
    String start = Checkpoint.directory(folder.toString(), 0);
    TensorLayout layout = TensorLayout.builder().add("weights", elements / 64, 64).build();
    try (FlatVector zeros = FlatVector.allocate(layout.elements())) {
      CheckpointDescription description =
          new CheckpointDescription(
              JsonNodeFactory.instance.objectNode(), Optional.empty(), Optional.empty());
      Checkpoint.write(start, 0, layout, zeros, description);
    }
    for (int place = 0; place < endpoints.size(); place++) {
      startShard(place);
    }
    RunSpecification specification =
        new RunSpecification(
            run,
            WORKERS,
            new RunSpecification.Training(
                Long.MAX_VALUE,
                WORKERS,
                OptimizerConfig.adamW(),
                LearningRateSchedule.constant(1e-3f)),
            new RunSpecification.Checkpoints(start, folder.resolve("output").toString(), 0),
            new RunSpecification.Timeouts(
                Duration.ofMinutes(1),
                Duration.ofSeconds(4),
                Duration.ofMinutes(1),
                Duration.ofMinutes(1)));
    try (RunControl control =
        RunControl.open(
            coordinator,
            endpoints,
            specification,
            RunSecurity.NONE,
            UpdateGuard.State.START,
            this)) {
      for (int worker = 0; worker < WORKERS; worker++) {
        startWorker(worker);
      }
      await("step", STEPS_BETWEEN);
      measure("worker", trials);
      measure("standby", trials);
      measure("primary", trials);
    } finally {
      processes.values().forEach(Process::destroyForcibly);
    }
  }

  private void measure(String kind, int trials) throws Exception {
    List<Double> still = new ArrayList<>();
    List<Double> back = new ArrayList<>();
    int primary = 0; // replica of shard 1 that is the primary
    for (int trial = 0; trial < trials; trial++) {
      heard.clear();
      String name;
      String joined;
      if (kind.equals("worker")) {
        name = "worker 1";
        joined = "worker 1 joined";
      } else {
        int replica = kind.equals("primary") ? primary : 1 - primary;
        primary = kind.equals("primary") ? 1 - primary : primary;
        name = "shard " + (REPLICAS + replica);
        joined = "replica 1/" + replica + " joined";
      }
      long killedNs = System.nanoTime();
      processes.get(name).destroyForcibly().waitFor();
      if (kind.equals("worker")) {
        startWorker(1);
      } else {
        startShard(Integer.parseInt(name.substring(name.length() - 1)));
      }
      // Steps that were under way when the process died may still complete.
      long lastNs = killedNs;
      double longest = 0;
      boolean isBack = false;
      while (!isBack || longest == 0) {
        Heard next = next();
        if (next.what.equals("step")) {
          longest = Math.max(longest, (next.atNs - lastNs) * 1e-9);
          lastNs = next.atNs;
        } else if (next.what.equals(joined)) {
          isBack = true;
          back.add((next.atNs - killedNs) * 1e-9);
        }
      }
      still.add(longest);
      await("step", STEPS_BETWEEN);
    }
    System.out.printf(
        Locale.ROOT,
        "%-8s killed %d times: the run stands still for %s, the process is back after %s%n",
        kind,
        trials,
        summary(still),
        summary(back));
  }

  private static String summary(List<Double> seconds) {
    List<Double> sorted = seconds.stream().sorted().toList();
    return String.format(
        Locale.ROOT,
        "%.2f s (median; %.2f to %.2f)",
        sorted.get(sorted.size() / 2),
        sorted.get(0),
        sorted.get(sorted.size() - 1));
  }

  private Heard next() throws InterruptedException {
    Heard next = heard.poll(PATIENCE_S, TimeUnit.SECONDS);
    if (next == null || next.what.startsWith("failed")) {
      throw new IllegalStateException(
          next == null ? "nothing was heard for " + PATIENCE_S + " s" : next.what);
    }
    return next;
  }

  private void await(String what, int times) throws InterruptedException {
    for (int count = 0; count < times; ) {
      count += next().what.equals(what) ? 1 : 0;
    }
  }

  private void startShard(int place) throws Exception {
    start("shard " + place, "shard", places(), Integer.toString(place));
  }

  private void startWorker(int worker) throws Exception {
    long incarnation = incarnations.merge(worker, 1L, Long::sum);
    start(
        "worker " + worker,
        "worker",
        places(),
        run,
        Integer.toString(worker),
        Long.toString(incarnation),
        Integer.toString(coordinator.port()),
        Long.toString(elements / 64 * 64),
        Integer.toString(rows));
  }

  private void start(String name, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(RecoveryTimes.class.getName());
    command.addAll(List.of(arguments));
    processes.put(
        name,
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  private String places() {
    return String.join(
        ",", endpoints.stream().map(endpoint -> Integer.toString(endpoint.port())).toList());
  }

  private static List<ShardEndpoint> endpoints(String ports) {
    List<ShardEndpoint> endpoints = new ArrayList<>();
    for (String port : ports.split(",")) {
      int place = endpoints.size();
      endpoints.add(
          ShardEndpoint.udp(
              place / REPLICAS, place % REPLICAS, "127.0.0.1", Integer.parseInt(port)));
    }
    return endpoints;
  }

  private static void work(String[] arguments) {
    long elements = Long.parseLong(arguments[6]);
    WorkerClientConfig config =
        new WorkerClientConfig(
            arguments[2],
            Integer.parseInt(arguments[3]),
            Long.parseLong(arguments[4]),
            CoordinatorEndpoint.udp("127.0.0.1", Integer.parseInt(arguments[5])),
            endpoints(arguments[1]),
            Duration.ofMinutes(1),
            Duration.ofSeconds(20));
    int rows = Integer.parseInt(arguments[7]);
    try (FlatVector parameters = FlatVector.allocate(elements);
        WorkerClient client = WorkerClient.connect(config);
        SparseClient sparse = SparseClient.connect(config, client)) {
      StepPlan plan = client.join(parameters);
      TablePushes table = rows > 0 ? new TablePushes(sparse, rows) : null;
      client.gradients().fill(1f);
      while (!plan.finished()) {
        StepPlan current = plan;
        if (table != null) {
          table.push();
        }
        plan.microBatches()
            .forEach(m -> client.report(current, m, MicroBatchFigures.of(1.0, 1.0, 1)));
        for (MicroBatchRange node : plan.nodes()) {
          client.push(plan, node);
        }
        plan = client.pull();
      }
    } catch (RunFailedException e) {
      System.exit(0); // the measurement is over
    }
  }

  /** Pushes to a table of which every row is there. */
  private static final class TablePushes {
    private static final int COLUMNS = 64;
    private static final int BATCH = 1_000;

    private final SparseClient client;
    private final SparseTableClient table;
    private final int rows;
    private final Random random = new Random(1);
    private final long[] ids = new long[BATCH];
    private final float[] gradients = new float[BATCH * COLUMNS];

    TablePushes(SparseClient client, int rows) {
      this.client = client;
      this.rows = rows;
      table =
          client.open(
              new SparseTableConfig(
                  "rows", COLUMNS, 1, RowInitializer.zero(), RowOptimizer.adam(), rows));
      Arrays.fill(gradients, 1f);
      for (int from = 0; from < rows; from += BATCH) {
        for (int i = 0; i < BATCH; i++) {
          ids[i] = (from + i) % rows;
        }
        table.push(ids, gradients, BATCH, 1e-3f);
      }
      client.flush();
    }

    void push() {
      for (int i = 0; i < BATCH; i++) {
        ids[i] = random.nextInt(rows);
      }
      table.push(ids, gradients, BATCH, 1e-3f);
      client.flush();
    }
  }

  private void hear(String what) {
    heard.add(new Heard(what, System.nanoTime()));
  }

  @Override
  public void stepCompleted(StepCompleted step) {
    hear("step");
  }

  @Override
  public void workerJoined(int worker) {
    hear("worker " + worker + " joined");
  }

  @Override
  public void workerLost(int worker, WorkerLost.Cause cause, String reason) {}

  @Override
  public void replicaLost(int shard, int replica, String reason) {}

  @Override
  public void replicaJoined(int shard, int replica) {
    hear("replica " + shard + "/" + replica + " joined");
  }

  @Override
  public void snapshotWritten(long step, int shard) {}

  @Override
  public void runFailed(String reason) {
    hear("failed: " + reason);
  }

  @Override
  public void runFinished(long step) {}
}
