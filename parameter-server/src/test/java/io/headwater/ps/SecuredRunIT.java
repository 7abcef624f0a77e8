package io.headwater.ps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.ps.coordinator.RunControl;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.RunFailedException;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.RunSpecification.Training;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.security.FrameMode;
import io.headwater.ps.security.RunSecurity;
import io.headwater.ps.testing.DatagramFaults;
import io.headwater.ps.testing.ForeignSender;
import io.headwater.ps.testing.JavaProcesses;
import io.headwater.ps.testing.NaiveTraining;
import io.headwater.ps.testing.Places;
import io.headwater.ps.testing.ProcessSecurity;
import io.headwater.ps.testing.RecordedEvents;
import io.headwater.ps.testing.ToyModel;
import io.headwater.ps.testing.ToyRun;
import io.headwater.ps.testing.ToyWorker;
import io.headwater.ps.testing.UdpRelay;
import io.headwater.ps.testing.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Shards and workers in processes of their own that prove a secret to each other. Workers reach all
 * others through a relay, since those on one host would share memory; it mistreats some of what it
 * passes on.
 */
@Timeout(180)
class SecuredRunIT {
  private static final int STEPS_AFTER = 30;
  private static final Training TRAINING =
      ToyRun.training(1_000_000, 4, OptimizerConfig.adamW().withGradientClip(0.5f));

  @TempDir Path folder;

  private final RecordedEvents events = new RecordedEvents();
  private final Map<ShardEndpoint, Process> running = new ConcurrentHashMap<>();
  private final UdpRelay relay =
      new UdpRelay(new DatagramFaults(0, new DatagramFaults.Rates(0.01, 0.02, 0.05, 0.003, 0.003)));
  private JavaProcesses processes;
  private List<ShardEndpoint> endpoints;

  @AfterEach
  void stopProcesses() {
    if (processes != null) {
      processes.close();
    }
    relay.close();
  }

  private void startShards(int replicas, RunSecurity security) {
    processes = new JavaProcesses(folder, security);
    endpoints = Places.free(2, replicas);
    endpoints.forEach(this::start);
  }

  private void start(ShardEndpoint place) {
    running.put(place, processes.startShard(place, endpoints));
  }

  private ToyRun run(RunSecurity security) {
    return new ToyRun(endpoints).securedBy(security);
  }

  /** The same run, as those see it who come through the relay. */
  private ToyRun relayed(ToyRun run, RunSecurity security) {
    List<ShardEndpoint> before =
        endpoints.stream()
            .map(
                at ->
                    ShardEndpoint.udp(
                        at.shard(),
                        at.replica(),
                        at.host(),
                        relay.before(at.port(), ShardEndpoint.PORTS)))
            .toList();
    int port = relay.before(run.coordinator().port(), CoordinatorEndpoint.PORTS);
    return run.reaching(before, CoordinatorEndpoint.udp("127.0.0.1", port)).securedBy(security);
  }

  private RunSpecification specification(ToyRun run, int startSeconds) {
    RunSpecification usual =
        run.specification(2, TRAINING, ToyModel.writeInitial(folder), folder, 0);
    return new RunSpecification(
        usual.runId(), 2, TRAINING, usual.checkpoints(), ToyRun.timeouts(startSeconds, 3));
  }

  /** Trains until some steps after what is awaited; the steps decide the bits. */
  private void endsWithTheNaiveBits(RunSecurity security, List<String> awaited) throws Exception {
    try (ToyRun run = run(security);
        ToyRun workers = relayed(run, security)) {
      relay.start();
      RunControl control = run.open(specification(run, 90), events);
      Process other =
          processes.start(WorkerProcess.class, List.of(), workers.workerArguments(1, 1));
      Future<float[]> one = workers.start(new ToyWorker(workers.worker(0, 1)));
      run.start(
          () -> {
            events.awaitReplicas(awaited);
            events.awaitSteps(events.steps().size() + STEPS_AFTER);
            control.requestStop();
            return null;
          });
      float[] weights = one.get(120, TimeUnit.SECONDS);
      int steps = events.steps().size();
      NaiveTraining naive = new NaiveTraining(TRAINING);
      naive.run(steps);
      ToyModel.assertSameBits(weights, naive.weights());
      assertThat(events.awaitEnd()).isEqualTo("finished " + steps);
      assertThat(events.lostWorkers()).isEmpty();
      assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(other.exitValue()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void aRunEndsBitEqualWhileStrangersThrowFramesAtItsPorts(FrameMode mode) throws Exception {
    RunSecurity security = ProcessSecurity.in(folder, "secret", mode);
    startShards(1, security);
    try (ForeignSender strangers = ForeignSender.start(endpoints)) {
      endsWithTheNaiveBits(security, List.of());
      assertThat(strangers.sent()).isPositive();
    }
    for (Process shard : running.values()) {
      assertThat(shard.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(shard.exitValue()).isZero();
    }
    assertThat(refused()).hasSize(2).allMatch(count -> count > 0);
  }

  /** How many frames each shard has said that it refused. */
  private List<Long> refused() throws IOException {
    List<Long> counts = new ArrayList<>();
    try (Stream<Path> logs = Files.list(folder)) {
      for (Path log : logs.filter(file -> file.toString().endsWith(".log")).toList()) {
        for (String line : Files.readAllLines(log)) {
          if (line.startsWith("foreign ")) {
            counts.add(Long.parseLong(line.substring("foreign ".length())));
          }
        }
      }
    }
    return counts;
  }

  /** Everyone who knew the killed one has to prove the secret to its successor, and it to them. */
  @Test
  void aKilledReplicaIsLetInAgainAndTakesOver() throws Exception {
    RunSecurity security = ProcessSecurity.in(folder, "secret", FrameMode.ENCRYPT);
    startShards(2, security);
    Process primary = running.get(endpoints.get(2));
    AtomicInteger steps = new AtomicInteger();
    events.onStep(
        () -> {
          if (steps.incrementAndGet() == 50) {
            running.get(endpoints.get(3)).destroyForcibly();
          }
        });
    events.onReplicaLost(
        () -> {
          if (events.replicas().size() == 1) {
            start(endpoints.get(3));
          }
        });
    events.onReplicaJoined(primary::destroyForcibly);
    endsWithTheNaiveBits(security, List.of("lost 1/1", "joined 1/1", "lost 1/0"));
  }

  @Test
  void whoHasAnotherSecretIsToldSoInOneLine() {
    startShards(1, ProcessSecurity.in(folder, "secret", FrameMode.ENCRYPT));
    RunSecurity other = ProcessSecurity.in(folder, "other", FrameMode.ENCRYPT);
    try (ToyRun run = run(other);
        ToyRun workers = relayed(run, other)) {
      relay.start();
      assertThatThrownBy(() -> run.open(specification(run, 60), events))
          .isInstanceOf(RunFailedException.class)
          .hasMessageMatching(
              "Cannot open run .*: Cannot trust shard \\d replica 0: .* same secret");
      assertThatThrownBy(() -> new ToyWorker(workers.worker(0, 1)).call())
          .isInstanceOf(ParameterServerException.class)
          .hasMessageMatching("Cannot (trust shard|reach the coordinator).*");
    }
  }
}
