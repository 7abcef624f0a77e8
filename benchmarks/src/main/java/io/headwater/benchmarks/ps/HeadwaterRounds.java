package io.headwater.benchmarks.ps;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.codec.Codec;
import io.headwater.ps.codec.Codecs;
import io.headwater.ps.coordinator.RunControl;
import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.optimizer.UpdateGuard;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.MicroBatchFigures;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.security.FrameMode;
import io.headwater.ps.security.RunSecurity;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.server.ParameterServerConfig;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code bsp} rounds through the public interface: each worker, a process of its own, pushes a
 * whole gradient and pulls all new weights.
 *
 * <ul>
 *   <li>{@code local ELEMENTS SHARDS WORKERS ROUNDS RULE}: shards in this process, which the
 *       workers share memory with; RULE is {@code sgd}, {@code adamw} or {@code adamw-clipped},
 *       and, with {@code :bf16} after it, gradients and weights travel as such.
 *   <li>{@code remote ELEMENTS SHARDS WORKERS ROUNDS RULE HOST SHARDS-HOST PORT MTU}: shards, each
 *       a process, at the second host from that port on; the coordinator here, at the first.
 *   <li>{@code shard INDEX SHARDS SHARDS-HOST PORT MTU}: one of those.
 * </ul>
 *
 * <p>With the property {@code headwater.rounds.security} as {@code encrypt:FILE} or {@code
 * authenticate:FILE}, frames are protected by the secret in that file.
 */
public final class HeadwaterRounds {
  private static final int COORDINATOR_PORT = 21_900;
  private static final String WORKER_ROLE = "worker";

  /** Of the virtual machine's, those that workers do not inherit. */
  private static final List<String> OWN_OPTIONS =
      List.of("-Xms", "-Xmx", "-D" + ProcessCost.OTHERS);

  private HeadwaterRounds() {}

  private static RunSecurity security() {
    String[] given = System.getProperty("headwater.rounds.security", "none:").split(":", 2);
    return new RunSecurity(FrameMode.named(given[0]), given[1], "");
  }

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case WORKER_ROLE -> work(arguments);
      case "shard" -> serve(arguments);
      case "local" -> {
        int shards = Integer.parseInt(arguments[2]);
        try (ParameterServer server = ParameterServer.startEmbedded(shards)) {
          String directory = server.endpoints().get(0).aeronDirectory();
          drive(arguments, CoordinatorEndpoint.local(directory), server.endpoints(), "");
          server.awaitRunEnd();
        }
      }
      case "remote" ->
          drive(
              arguments,
              CoordinatorEndpoint.udp(arguments[6], COORDINATOR_PORT),
              endpoints(Integer.parseInt(arguments[2]), arguments, 7),
              arguments[6]);
      default -> throw new IllegalArgumentException("no role: " + arguments[0]);
    }
    System.exit(0); // the engine's threads are daemons only in part
  }

  private static List<ShardEndpoint> endpoints(int shards, String[] arguments, int at) {
    int port = Integer.parseInt(arguments[at + 1]);
    int mtu = Integer.parseInt(arguments[at + 2]);
    List<ShardEndpoint> endpoints = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      int first = port + shard * ShardEndpoint.PORTS;
      endpoints.add(new ShardEndpoint(shard, 0, arguments[at], first, mtu, ""));
    }
    return endpoints;
  }

  private static void serve(String[] arguments) throws InterruptedException {
    List<ShardEndpoint> all = endpoints(Integer.parseInt(arguments[2]), arguments, 3);
    int shard = Integer.parseInt(arguments[1]);
    try (ParameterServer server =
        ParameterServer.start(ParameterServerConfig.of(all, shard, 0).securedBy(security()))) {
      server.awaitRunEnd();
    }
  }

  private static void drive(
      String[] arguments, CoordinatorEndpoint at, List<ShardEndpoint> shards, String host)
      throws Exception {
    long elements = Long.parseLong(arguments[1]) / 64 * 64;
    int workers = Integer.parseInt(arguments[3]);
    int rounds = Integer.parseInt(arguments[4]);
    int steps = rounds + Rounds.warmUp(rounds);
    Path folder = Files.createTempDirectory("headwater-rounds");
    RunSpecification specification =
        new RunSpecification(
            "rounds-" + ProcessHandle.current().pid(),
            workers,
            training(steps, workers, arguments[5].split(":")),
            new RunSpecification.Checkpoints(
                zeros(folder, elements), folder.resolve("output").toString(), 0),
            RunSpecification.Timeouts.DEFAULT);
    ProcessCost[] cost = new ProcessCost[1];
    SilentListener listener =
        new SilentListener(
            step -> {
              if (step == Rounds.warmUp(rounds)) {
                cost[0] = ProcessCost.sinceNow();
              } else if (step == steps) {
                cost[0].stop(rounds);
              }
            });
    try (RunControl control =
        RunControl.open(at, shards, specification, security(), UpdateGuard.State.START, listener)) {
      List<Process> started = new ArrayList<>();
      for (int worker = 0; worker < workers; worker++) {
        started.add(startWorker(arguments, specification.runId(), worker, at, elements, host));
      }
      for (Process worker : started) {
        if (worker.waitFor() != 0) {
          throw new IllegalStateException("a worker ended with " + worker.exitValue());
        }
      }
    }
    cost[0].print();
  }

  private static RunSpecification.Training training(int steps, int workers, String[] rule) {
    RunSpecification.Training training =
        new RunSpecification.Training(
            steps, workers, optimizer(rule[0]), LearningRateSchedule.constant(1e-3f));
    return rule.length == 1
        ? training
        : training.withCodecs(new Codecs(Codec.BFLOAT16, Codecs.NONE.topK(), Codec.BFLOAT16));
  }

  private static OptimizerConfig optimizer(String rule) {
    return switch (rule) {
      case "sgd" -> OptimizerConfig.sgd();
      case "adamw" -> OptimizerConfig.adamW().withGradientClip(0);
      case "adamw-clipped" -> OptimizerConfig.adamW().withGradientClip(1);
      default -> throw new IllegalArgumentException("no rule: " + rule);
    };
  }

  private static String zeros(Path folder, long elements) {
    String start = Checkpoint.directory(folder.toString(), 0);
    TensorLayout layout = TensorLayout.builder().add("weights", elements / 64, 64).build();
    try (FlatVector vector = FlatVector.allocate(layout.elements())) {
      CheckpointDescription description =
          new CheckpointDescription(
              JsonNodeFactory.instance.objectNode(), Optional.empty(), Optional.empty());
      Checkpoint.write(start, 0, layout, vector, description);
    }
    return start;
  }

  /** Arguments: run, worker, elements, rounds, coordinator, then as the driver's own. */
  private static Process startWorker(
      String[] driver, String run, int worker, CoordinatorEndpoint at, long elements, String host)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> OWN_OPTIONS.stream().noneMatch(argument::startsWith))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx256m", // vectors are not on the heap
            "-cp",
            System.getProperty("java.class.path"),
            HeadwaterRounds.class.getName(),
            WORKER_ROLE,
            run,
            Integer.toString(worker),
            Long.toString(elements),
            driver[4],
            driver[2],
            host.isEmpty() ? at.aeronDirectory() : host));
    if (!host.isEmpty()) {
      command.addAll(List.of(driver[7], driver[8], driver[9]));
    }
    return new ProcessBuilder(command).inheritIO().start();
  }

  private static void work(String[] arguments) {
    int worker = Integer.parseInt(arguments[2]);
    long elements = Long.parseLong(arguments[3]);
    Rounds rounds = new Rounds(Integer.parseInt(arguments[4]));
    int shards = Integer.parseInt(arguments[5]);
    List<ShardEndpoint> endpoints = new ArrayList<>();
    CoordinatorEndpoint coordinator;
    if (arguments.length > 7) {
      coordinator = CoordinatorEndpoint.udp(arguments[6], COORDINATOR_PORT);
      endpoints.addAll(endpoints(shards, arguments, 7));
    } else {
      coordinator = CoordinatorEndpoint.local(arguments[6]);
      for (int shard = 0; shard < shards; shard++) {
        endpoints.add(ShardEndpoint.local(shard, arguments[6]));
      }
    }
    try (FlatVector parameters = FlatVector.allocate(elements);
        WorkerClient client =
            WorkerClient.connect(
                WorkerClientConfig.of(arguments[1], worker, 1, coordinator, endpoints)
                    .securedBy(security()))) {
      StepPlan plan = client.join(parameters);
      client.gradients().fill(1f + worker);
      while (!plan.finished()) {
        long start = System.nanoTime();
        StepPlan current = plan;
        plan.microBatches()
            .forEach(m -> client.report(current, m, MicroBatchFigures.of(1.0, 1.0, 1)));
        for (MicroBatchRange node : plan.nodes()) {
          client.push(plan, node);
        }
        plan = client.pull();
        rounds.add(System.nanoTime() - start);
      }
    }
    if (worker == 0) {
      rounds.printTimes();
    }
    rounds.printCost();
  }
}
