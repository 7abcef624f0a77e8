package io.headwater.ps;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.RunSpecification.Training;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.testing.DatagramFaults;
import io.headwater.ps.testing.DatagramFaults.Rates;
import io.headwater.ps.testing.JavaProcesses;
import io.headwater.ps.testing.LastingShardProcess;
import io.headwater.ps.testing.LastingWorker;
import io.headwater.ps.testing.NaiveTraining;
import io.headwater.ps.testing.Places;
import io.headwater.ps.testing.RecordedEvents;
import io.headwater.ps.testing.ToyModel;
import io.headwater.ps.testing.ToyRun;
import io.headwater.ps.testing.UdpRelay;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Shards and workers in processes of their own, all datagrams between them through a relay that
 * drops, doubles, delays, reorders, cuts and damages them: whatever it does, a run ends with the
 * bits of one to which nothing happened. A failure names its seed.
 *
 * <p>Several parameter servers share the processes, so that schedules, which mostly wait, go on
 * side by side.
 */
@Timeout(600)
class RelayedScheduleIT {
  private static final int SCHEDULES = Integer.getInteger("headwater.relayed-schedules", 50);
  private static final int SERVERS = 5;
  private static final int SHARDS = 2;
  private static final int WORKERS = 2;
  private static final int STEPS = 3;
  private static final Training TRAINING =
      ToyRun.training(STEPS, 4, OptimizerConfig.adamW().withGradientClip(0.5f));

  @TempDir Path output;

  private final List<List<ShardEndpoint>> servers = new ArrayList<>();
  private final List<LastingWorker> workers = new ArrayList<>();
  private final ExecutorService threads = Executors.newFixedThreadPool(SERVERS);
  private JavaProcesses processes;
  private String start;
  private String expected;

  @BeforeEach
  void startProcesses() {
    NaiveTraining naive = new NaiveTraining(TRAINING);
    naive.run(STEPS);
    expected = ToyModel.digest(naive.weights());
    start = ToyModel.writeInitial(output);
    processes = new JavaProcesses(output);
    List<ShardEndpoint> places = Places.free(SERVERS * SHARDS, 1);
    for (int server = 0; server < SERVERS; server++) {
      List<ShardEndpoint> shards = new ArrayList<>();
      for (int shard = 0; shard < SHARDS; shard++) {
        shards.add(at(shard, places.get(server * SHARDS + shard).port()));
      }
      servers.add(shards);
    }
    for (int shard = 0; shard < SHARDS; shard++) {
      List<String> arguments = new ArrayList<>(List.of(Integer.toString(shard)));
      servers.forEach(shards -> arguments.add(String.join(",", Places.arguments(shards))));
      processes.start(LastingShardProcess.class, List.of(), arguments);
    }
    for (int worker = 0; worker < WORKERS; worker++) {
      workers.add(new LastingWorker(processes));
    }
  }

  /** With the datagrams of a real network, so that there are many. */
  private static ShardEndpoint at(int shard, int port) {
    return new ShardEndpoint(shard, 0, "127.0.0.1", port, ChunkSize.ETHERNET_MTU, "");
  }

  @AfterEach
  void stopProcesses() {
    threads.shutdownNow();
    processes.close();
  }

  @Test
  void noScheduleOfFaultsChangesABit() throws Exception {
    List<Future<Long>> faults = new ArrayList<>();
    for (int server = 0; server < SERVERS; server++) {
      int first = server;
      faults.add(threads.submit(() -> trainInTurn(first)));
    }
    long all = 0;
    for (Future<Long> some : faults) {
      all += some.get();
    }
    assertThat(all).isGreaterThan(100L * SCHEDULES);
  }

  /** One run after the other at one server; returns how many faults there were. */
  private long trainInTurn(int server) throws Exception {
    long faults = 0;
    for (int seed = server; seed < SCHEDULES; seed += SERVERS) {
      faults += train(seed, servers.get(server));
    }
    return faults;
  }

  private long train(long seed, List<ShardEndpoint> shards) throws Exception {
    DatagramFaults faults = new DatagramFaults(seed, rates(new Random(seed * 31 + 1)));
    RecordedEvents events = new RecordedEvents();
    try (UdpRelay relay = new UdpRelay(faults)) {
      List<ShardEndpoint> relayed =
          shards.stream()
              .map(at -> at(at.shard(), relay.before(at.port(), ShardEndpoint.PORTS)))
              .toList();
      try (ToyRun run = new ToyRun(relayed)) {
        int port = relay.before(run.coordinator().port(), CoordinatorEndpoint.PORTS);
        CoordinatorEndpoint coordinator = CoordinatorEndpoint.udp("127.0.0.1", port);
        relay.start();
        List<Future<String>> digests = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
          digests.add(workers.get(worker).train(run.workerArguments(worker, 1, coordinator)));
        }
        run.open(specification(run, seed), events);
        for (Future<String> digest : digests) {
          assertThat(digest.get(90, TimeUnit.SECONDS)).as("seed %d", seed).isEqualTo(expected);
        }
        assertThat(events.awaitEnd()).as("seed %d", seed).isEqualTo("finished " + STEPS);
      }
    }
    return faults.faults();
  }

  private RunSpecification specification(ToyRun run, long seed) {
    return new RunSpecification(
        run.id(),
        WORKERS,
        TRAINING,
        new RunSpecification.Checkpoints(start, output.resolve("out-" + seed).toString(), 0),
        ToyRun.timeouts(60, 20));
  }

  /** Of each kind of fault a rate that the seed chooses, or none. */
  private static Rates rates(Random random) {
    return new Rates(
        rate(random, 0.1),
        rate(random, 0.3),
        rate(random, 0.3),
        rate(random, 0.03),
        rate(random, 0.03));
  }

  private static double rate(Random random, double most) {
    return random.nextInt(3) == 0 ? 0 : random.nextDouble() * most;
  }
}
