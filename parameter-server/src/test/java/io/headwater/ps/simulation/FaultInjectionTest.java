package io.headwater.ps.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.headwater.ps.codec.Codec;
import io.headwater.ps.codec.Codecs;
import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.security.FrameMode;
import io.headwater.ps.security.RunSecurity;
import io.headwater.ps.simulation.SimulatedNetwork.Faults;
import io.headwater.ps.simulation.SimulatedRun.ProcessFaults;
import io.headwater.ps.testing.SmallModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
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
  private static Path secret;

  @BeforeAll
  static void writeSecret() throws IOException {
    secret = Files.writeString(folder.resolve("secret"), "correct horse battery");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
  }

  @BeforeAll
  static void trainWithoutFaults() {
    start = SmallModel.writeInitial(folder);
    expected = SmallModel.train(TRAINING);
  }

  private static RunSpecification specification(
      long seed, int workers, RunSpecification.Training training) {
    return new RunSpecification(
        "run-" + seed,
        workers,
        training,
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
            7,
            specification(7, 2, TRAINING),
            RunSecurity.NONE,
            2,
            2,
            Faults.NONE,
            ProcessFaults.NONE,
            ProcessFaults.NONE,
            0)) {
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

  /** What happened in schedules. */
  private record Happened(
      long damaged, int lostWorkers, int lostReplicas, long seenReady, int undisturbed) {
    static final Happened NOTHING = new Happened(0, 0, 0, 0, 0);

    static Happened in(SimulatedRun run) {
      return new Happened(
          run.network().damaged(), run.lostWorkers(), run.lostReplicas(), run.seenReady(), 0);
    }

    Happened plus(Happened other) {
      return new Happened(
          damaged + other.damaged,
          lostWorkers + other.lostWorkers,
          lostReplicas + other.lostReplicas,
          seenReady + other.seenReady,
          undisturbed + other.undisturbed);
    }
  }

  /**
   * Simulates the schedules of so many seeds, on all processors: they know nothing of each other.
   */
  private static Happened simulate(int seeds, LongFunction<Happened> schedule) {
    return LongStream.range(0, seeds)
        .parallel()
        .mapToObj(
            seed -> {
              try {
                return schedule.apply(seed);
              } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
              }
            })
        .reduce(Happened.NOTHING, Happened::plus);
  }

  @Test
  void noScheduleOfFaultsChangesABit() {
    Happened happened =
        simulate(
            SCHEDULES,
            seed -> {
              try (SimulatedRun run = mixed(seed)) {
                assertSameBits(seed, run.run());
                return Happened.in(run);
              }
            });
    assertThat(happened.damaged()).isGreaterThan(100L * SCHEDULES);
    assertThat(happened.lostWorkers()).isGreaterThan(SCHEDULES / 10);
    assertThat(happened.lostReplicas()).isGreaterThan(SCHEDULES / 20);
    assertThat(happened.seenReady()).isGreaterThan(SCHEDULES);
  }

  /** The handshakes meet the same faults, and so do their repetitions after each restart. */
  @Test
  void norDoesItWhereFramesAreProtected() {
    FrameMode[] modes = {FrameMode.AUTHENTICATE, FrameMode.ENCRYPT};
    Happened happened =
        simulate(
            SCHEDULES / 10,
            seed -> {
              FrameMode mode = modes[(int) (seed % modes.length)];
              RunSecurity security = new RunSecurity(mode, secret.toString(), "");
              try (SimulatedRun run = mixed(seed, TRAINING, false, security)) {
                assertSameBits(seed, run.run());
                return Happened.in(run);
              }
            });
    assertThat(happened.lostWorkers()).isGreaterThan(SCHEDULES / 100);
    assertThat(happened.lostReplicas()).isGreaterThan(SCHEDULES / 200);
  }

  @Test
  void aloneEveryBatchIsAnUpdateExactlyOnce() {
    float rate = 0.25f;
    int steps = 8;
    float[] sums = SmallModel.initialWeights();
    for (long batch = 0; batch < steps; batch++) {
      float[] gradient = SmallModel.countable(batch, new MicroBatchRange(0, MICRO_BATCHES));
      for (int i = 0; i < sums.length; i++) {
        sums[i] -= rate * gradient[i] / MICRO_BATCHES;
      }
    }
    RunSpecification.Training alone =
        new RunSpecification.Training(
            steps, MICRO_BATCHES, OptimizerConfig.sgd(), LearningRateSchedule.constant(rate));
    Happened happened =
        simulate(
            SCHEDULES / 5,
            seed -> {
              int bound = seed % 3 == 0 ? RunSpecification.Training.ANY : (int) (seed % 3);
              try (SimulatedRun run = mixed(seed, alone.withStaleness(bound))) {
                run.run().forEach(weights -> assertClose(seed, weights, sums));
                return Happened.in(run);
              }
            });
    assertThat(happened.lostWorkers()).isGreaterThan(SCHEDULES / 50);
  }

  /** As AssertJ's containsExactly with an offset, which takes longer than the schedules. */
  private static void assertClose(long seed, float[] weights, float[] expected) {
    assertThat(weights).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(weights[i] - expected[i]) <= 1e-5f)) {
        fail("seed %d: weight %d is %s, not %s", seed, i, weights[i], expected[i]);
      }
    }
  }

  /** What codecs lose, no replica and no worker has otherwise than another. */
  @Test
  void encodedRunsEndWithTheSameWeightsEverywhere() {
    Codec[] pushes = {Codec.BFLOAT16, Codec.FLOAT16, Codec.ONE_BIT, Codec.TOP_K};
    Happened happened =
        simulate(
            SCHEDULES / 5,
            seed -> {
              Codec push = pushes[(int) (seed % pushes.length)];
              Codec pull = seed % 3 == 0 ? Codec.FLOAT32 : Codec.BFLOAT16;
              RunSpecification.Training encoded = TRAINING.withCodecs(new Codecs(push, 0.1, pull));
              try (SimulatedRun faultless = mixed(seed, encoded, true);
                  SimulatedRun run = mixed(seed, encoded)) {
                return compare(seed, faultless.run(), run);
              }
            });
    assertThat(happened.undisturbed()).isGreaterThan(SCHEDULES / 50);
  }

  private static Happened compare(long seed, List<float[]> reference, SimulatedRun run) {
    List<float[]> weights = run.run();
    weights.forEach(vector -> assertThat(vector).isEqualTo(weights.get(0)));
    // From the last commit on all workers may be killed: then nobody has weights to compare.
    if (run.lostWorkers() > 0 || weights.isEmpty() || reference.isEmpty()) {
      return Happened.in(run);
    }
    assertThat(weights.get(0)).as("seed %d", seed).isEqualTo(reference.get(0));
    return Happened.in(run).plus(new Happened(0, 0, 0, 0, 1));
  }

  /** Faults of all kinds, each at a rate that the seed chooses, or not at all. */
  private static SimulatedRun mixed(long seed) {
    return mixed(seed, TRAINING);
  }

  private static SimulatedRun mixed(long seed, RunSpecification.Training training) {
    return mixed(seed, training, false);
  }

  /**
   * @param spared nothing happens in it
   */
  private static SimulatedRun mixed(long seed, RunSpecification.Training training, boolean spared) {
    return mixed(seed, training, spared, RunSecurity.NONE);
  }

  private static SimulatedRun mixed(
      long seed, RunSpecification.Training training, boolean spared, RunSecurity security) {
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
        specification(seed, 1 + random.nextInt(3), training),
        security,
        1 + random.nextInt(3),
        1 + random.nextInt(2),
        spared ? Faults.NONE : faults,
        spared ? ProcessFaults.NONE : workers,
        spared ? ProcessFaults.NONE : shards,
        spared ? 0 : rate(random, 0.05));
  }

  private static double rate(Random random, double most) {
    return random.nextInt(3) == 0 ? 0 : random.nextDouble() * most;
  }
}
