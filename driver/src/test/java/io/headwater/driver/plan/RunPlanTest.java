package io.headwater.driver.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.RunConfig;
import io.headwater.driver.config.RunConfigReader;
import io.headwater.driver.plan.Speed.Network;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunPlanTest {
  private static final long PARAMETERS = 1_000_000;
  private static final long VECTOR = 4 * PARAMETERS;
  private static final Network LINK = new Network(false, 1e9, 1);

  private final Measurement measured =
      new Measurement(
          TensorLayout.builder().add("weight", PARAMETERS).build(), 0.1, 640, 50 * VECTOR);

  @ParameterizedTest
  @CsvSource({"sgd, 3", "momentum, 5", "adagrad, 5", "adamw, 7", "lamb, 7"})
  void aShardHoldsWeightsStateTheirCopyAndTheSums(String optimizer, int vectors) {
    Memory memory = memory("training.optimizer=" + optimizer, "parameter-server.shards=2");

    assertThat(memory.shardHeap()).isEqualTo(vectors * VECTOR / 2);
    assertThat(memory.workerShared()).isEqualTo(VECTOR);
  }

  @ParameterizedTest
  @CsvSource({"4, 4, 0", "4, 2, 0", "4, 1, 1", "12, 1, 3", "12, 3, 1"})
  void aWorkerHoldsAPartialSumForEachLevelButTheLast(int microBatches, int workers, int sums) {
    Memory memory = memory("training.micro-batches=" + microBatches, "training.workers=" + workers);

    assertThat(memory.workerNative()).isEqualTo((50 + sums) * VECTOR);
  }

  @ParameterizedTest
  @CsvSource({"4, 1, 1", "4, 2, 1", "4, 4, 1", "12, 1, 1", "12, 2, 1", "12, 5, 1", "5, 2, 2"})
  void pushesAreTheNodesThatMakeUpTheFirstWorkersPart(int microBatches, int workers, int nodes) {
    assertThat(Speed.pushes(microBatches, workers)).isEqualTo(nodes);
  }

  @Test
  void timeIsThatOfTheBusiestWorkerAndLink() {
    RunConfig config =
        config("training.micro-batches=12", "training.workers=4", "parameter-server.shards=2");
    Memory memory = Memory.of(config, measured);

    Speed speed = Speed.of(config, measured, memory, 4, LINK);

    assertThat(speed.compute()).isCloseTo(3 * 0.1, within(1e-12));
    // A shard takes half of each of four workers' vectors in, and gives as much out.
    assertThat(speed.exchange())
        .isCloseTo(4 * 2 * VECTOR / 2 / 1e9 + ExchangeTime.ROUND_TRIPS, within(1e-12));
    assertThat(speed.seconds()).isGreaterThan(speed.compute() + speed.exchange());
  }

  @Test
  void workersOnOneMachineTakeTurns() {
    RunConfig config = config("training.micro-batches=4", "training.workers=4");
    Memory memory = Memory.of(config, measured);

    Speed four = Speed.of(config, measured, memory, 4, new Network(true, 1e9, 2));
    Speed two = Speed.of(config, measured, memory, 2, new Network(true, 1e9, 2));

    assertThat(four.compute()).isEqualTo(two.compute());
  }

  @Test
  void whatExchangesRarelyPaysRarely() {
    RunConfig each = config("training.steps=1000");
    RunConfig rarely =
        config("training.steps=1000", "consistency.mode=local-sgd", "consistency.local-steps=50");

    double ratio =
        Speed.of(each, measured, Memory.of(each, measured), 1, LINK).exchange()
            / Speed.of(rarely, measured, Memory.of(rarely, measured), 1, LINK).exchange();

    assertThat(ratio).isCloseTo(50, within(1e-9));
  }

  @Test
  void whatAMachineCannotHoldIsRefusedInOneLine() {
    RunConfig config = config("training.workers=2", "parameter-server.shards=2");
    Memory memory = Memory.of(config, measured);
    long gib = 1L << 30;
    Machine enough = new Machine(2, 8 * gib, gib, gib);

    assertThatCode(() -> Limits.checkHere(config, memory, enough)).doesNotThrowAnyException();
    assertRefused(config, memory, new Machine(2, 8 * gib, gib / 4, gib), "HEADWATER_HEAP");
    assertRefused(config, memory, new Machine(2, 8 * gib, gib, gib / 16), "/dev/shm");
    assertRefused(config, memory, new Machine(2, gib, gib, gib), "on this machine");
    assertThatThrownBy(() -> Limits.check("a shard", 2 * gib, gib, "more parameter-server.shards"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot hold a shard: it needs 2.00 GiB, it is given 1.00; give it more, or use more"
                + " parameter-server.shards");
  }

  private static void assertRefused(
      RunConfig config, Memory memory, Machine machine, String advice) {
    assertThatThrownBy(() -> Limits.checkHere(config, memory, machine))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(advice)
        .hasMessageNotContaining("\n");
  }

  private Memory memory(String... assignments) {
    return Memory.of(config(assignments), measured);
  }

  private static RunConfig config(String... assignments) {
    return RunConfigReader.read(
        Optional.empty(),
        List.of(assignments),
        Map.of("model.preset", "gpt-nano", "corpus", "corpus", "output", "run"));
  }
}
