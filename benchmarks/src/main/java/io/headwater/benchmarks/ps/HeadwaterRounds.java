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
import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.optimizer.UpdateGuard;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.server.RunOutcome;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code bsp} rounds through the public interface: each worker pushes a whole gradient and pulls
 * all new weights. The server's process starts the workers, each a process of its own, attached to
 * the server's media driver through shared memory.
 *
 * <p>Arguments: elements, shards, rounds, {@code sgd} or {@code adamw} (the latter clips).
 */
public final class HeadwaterRounds {
  private static final int WORKERS = 2;
  private static final int WARM_UP = 60; // until the compiler is done
  private static final String WORKER_ROLE = "worker";

  private HeadwaterRounds() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals(WORKER_ROLE)) {
      work(arguments);
    } else {
      serve(
          Long.parseLong(arguments[0]),
          Integer.parseInt(arguments[1]),
          Integer.parseInt(arguments[2]),
          arguments[3]);
    }
    System.exit(0); // the engine's threads are daemons only in part
  }

  private static void serve(long elements, int shards, int rounds, String optimizer)
      throws Exception {
    Path folder = Files.createTempDirectory("headwater-rounds");
    String start = Checkpoint.directory(folder.toString(), 0);
    TensorLayout layout = TensorLayout.builder().add("weights", elements / 64, 64).build();
    try (FlatVector zeros = FlatVector.allocate(layout.elements())) {
      Checkpoint.write(
          start,
          0,
          layout,
          zeros,
          new CheckpointDescription(
              JsonNodeFactory.instance.objectNode(), Optional.empty(), Optional.empty()));
    }
    String run = "rounds-" + ProcessHandle.current().pid();
    RunSpecification specification =
        new RunSpecification(
            run,
            WORKERS,
            new RunSpecification.Training(
                rounds + WARM_UP,
                WORKERS,
                optimizer.equals("adamw") ? OptimizerConfig.adamW() : OptimizerConfig.sgd(),
                LearningRateSchedule.constant(1e-3f)),
            new RunSpecification.Checkpoints(start, folder.resolve("output").toString(), 0),
            RunSpecification.Timeouts.DEFAULT);
    try (ParameterServer server = ParameterServer.startEmbedded(shards);
        RunControl control =
            RunControl.open(
                CoordinatorEndpoint.local(server.endpoints().get(0).aeronDirectory()),
                server.endpoints(),
                specification,
                UpdateGuard.State.START,
                new SilentListener())) {
      String directory = server.endpoints().get(0).aeronDirectory();
      List<Process> workers = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        workers.add(startWorker(run, worker, directory, layout.elements(), shards, rounds));
      }
      long cpuBefore = cpuNanos();
      for (Process worker : workers) {
        if (worker.waitFor() != 0) {
          throw new IllegalStateException("a worker ended with " + worker.exitValue());
        }
      }
      RunOutcome outcome = server.awaitRunEnd();
      System.out.printf(
          Locale.ROOT,
          "server-cpu %.2f ms a round, %s%n",
          (cpuNanos() - cpuBefore) * 1e-6 / (rounds + WARM_UP),
          outcome);
    }
  }

  private static Process startWorker(
      String run, int worker, String directory, long elements, int shards, int rounds)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            HeadwaterRounds.class.getName(),
            WORKER_ROLE,
            run,
            Integer.toString(worker),
            directory,
            Long.toString(elements),
            Integer.toString(shards),
            Integer.toString(rounds)));
    return new ProcessBuilder(command).inheritIO().start();
  }

  private static void work(String[] arguments) {
    int worker = Integer.parseInt(arguments[2]);
    long elements = Long.parseLong(arguments[4]);
    List<ShardEndpoint> endpoints = new ArrayList<>();
    for (int shard = 0; shard < Integer.parseInt(arguments[5]); shard++) {
      endpoints.add(ShardEndpoint.local(shard, arguments[3]));
    }
    Rounds rounds = new Rounds(Integer.parseInt(arguments[6]), WARM_UP);
    try (FlatVector parameters = FlatVector.allocate(elements);
        WorkerClient client =
            WorkerClient.connect(
                WorkerClientConfig.of(
                    arguments[1], worker, 1, CoordinatorEndpoint.local(arguments[3]), endpoints))) {
      StepPlan plan = client.join(parameters);
      client.gradients().fill(1f + worker);
      while (!plan.finished()) {
        long start = System.nanoTime();
        StepPlan current = plan;
        plan.microBatches().forEach(m -> client.report(current, m, 1.0, 1.0, 1));
        for (MicroBatchRange node : plan.nodes()) {
          client.push(plan, node);
        }
        plan = client.pull();
        rounds.add(System.nanoTime() - start);
      }
    }
    if (worker == 0) {
      System.out.println(rounds.summary("round"));
    }
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
