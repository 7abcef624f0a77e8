package io.headwater.ps.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.simulation.SimulatedNetwork.Faults;
import io.headwater.ps.simulation.SimulatedRun.ProcessFaults;
import io.headwater.ps.testing.SmallModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever the network, the workers and the shards do, a run ends with the bits of one to which
 * nothing happened. A failure names its seed, which is all that is needed to see it again.
 */
class FaultInjectionTest {
  private static final int SCHEDULES = Integer.getInteger("headwater.schedules", 1_000);
  private static final int MICRO_BATCHES = 5;
  private static final int STEPS = 4;
  private static final RunSpecification.Training TRAINING =
      new RunSpecification.Training(
          STEPS,
          MICRO_BATCHES,
          OptimizerConfig.adamW().withGradientClip(0.5f),
          LearningRateSchedule.constant(0.01f));

  @TempDir static Path folder;
  private static String start;
  private static float[] expected;

  @BeforeAll
  static void trainWithoutFaults() {
    start = SmallModel.writeInitial(folder);
    expected = SmallModel.train(TRAINING);
  }

  private static RunSpecification specification(long seed, int workers) {
    return new RunSpecification(
        "run-" + seed,
        workers,
        TRAINING,
        new RunSpecification.Checkpoints(start, folder.resolve("out-" + seed).toString(), 0),
        new RunSpecification.Timeouts(
            Duration.ofMinutes(5),
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(5)));
  }

  private static void assertSameBits(long seed, List<float[]> weights) {
    for (float[] vector : weights) {
      assertThat(Arrays.mismatch(vector, expected))
          .withFailMessage("seed %d: the weights differ", seed)
          .isEqualTo(-1);
    }
  }

  @Test
  void withoutFaultsTheSimulationTrains() {
    try (SimulatedRun run =
        new SimulatedRun(
            7, specification(7, 2), 2, 2, Faults.NONE, ProcessFaults.NONE, ProcessFaults.NONE, 0)) {
      assertSameBits(7, run.run());
      assertThat(run.network().damaged()).isZero();
    }
  }

  @Test
  void theSameSeedGivesTheSameSchedule() {
    long[] sent = new long[2];
    for (int i = 0; i < 2; i++) {
      try (SimulatedRun run = mixed(42)) {
        run.run();
        sent[i] = run.network().sent() * 31 + run.network().damaged();
      }
    }
    assertThat(sent[0]).isEqualTo(sent[1]);
  }

  @Test
  void noScheduleOfFaultsChangesABit() {
    long damaged = 0;
    int lost = 0;
    int lostReplicas = 0;
    for (long seed = 0; seed < SCHEDULES; seed++) {
      try (SimulatedRun run = mixed(seed)) {
        assertSameBits(seed, run.run());
        damaged += run.network().damaged();
        lost += run.lostWorkers();
        lostReplicas += run.lostReplicas();
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    assertThat(damaged).isGreaterThan(100L * SCHEDULES);
    assertThat(lost).isGreaterThan(SCHEDULES / 10);
    assertThat(lostReplicas).isGreaterThan(SCHEDULES / 20);
  }

  /** Faults of all kinds, each at a rate that the seed chooses, or not at all. */
  private static SimulatedRun mixed(long seed) {
    Random random = new Random(seed * 31 + 1);
    Faults faults =
        new Faults(
            rate(random, 0.2),
            rate(random, 0.3),
            rate(random, 0.3),
            rate(random, 0.1),
            rate(random, 0.1));
    ProcessFaults workers = new ProcessFaults(rate(random, 0.05), rate(random, 0.05));
    ProcessFaults shards = new ProcessFaults(rate(random, 0.05), rate(random, 0.05));
    return new SimulatedRun(
        seed,
        specification(seed, 1 + random.nextInt(3)),
        1 + random.nextInt(3),
        1 + random.nextInt(2),
        faults,
        workers,
        shards,
        rate(random, 0.05));
  }

  private static double rate(Random random, double most) {
    return random.nextInt(3) == 0 ? 0 : random.nextDouble() * most;
  }
}
