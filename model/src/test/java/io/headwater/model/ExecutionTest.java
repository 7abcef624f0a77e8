package io.headwater.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.FlatVector;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an {@link Execution} changes, and what it does not, in every family. */
class ExecutionTest {
  private static final int VOCABULARY = 311;
  private static final int SEQUENCES = 4;
  private static final int LENGTH = 32;

  /**
   * bfloat16 has 8 bits of significand: a rounding is at most 2^-9 = 0.2 % off, and a gradient at
   * initialisation, which has gone through some ten of them, about 1 %. T5's scores are not scaled
   * down, so that what is rounded in them weighs more.
   */
  @ParameterizedTest
  @CsvSource({"gpt-nano, 0.02", "bert-tiny, 0.02", "t5-tiny, 0.05"})
  void bf16GradientsAreThoseOfFloat32ButForRounding(String preset, double tolerance) {
    Computed exact = compute(preset, Execution.CPU);
    Computed rounded = compute(preset, Execution.CPU.withPrecision(Precision.BF16_ANYWHERE));
    assertThat(rounded.loss).isCloseTo(exact.loss, within(5e-3 * exact.loss));
    double distance = distance(exact.gradient, rounded.gradient);
    assertThat(distance).isBetween(1e-4, tolerance);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-nano", "bert-tiny", "t5-tiny"})
  void activationsComputedAgainGiveTheSameBits(String preset) {
    for (Precision precision : new Precision[] {Precision.FP32, Precision.BF16_ANYWHERE}) {
      Execution keeping = Execution.CPU.withPrecision(precision);
      Computed kept = compute(preset, keeping);
      Computed again = compute(preset, keeping.recomputingActivations());
      assertThat(again.loss).isEqualTo(kept.loss);
      assertThat(Arrays.equals(again.gradient, kept.gradient)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-nano", "t5-tiny"})
  void decodesInBf16(String preset) {
    float[] exact = logits(preset, Execution.CPU);
    float[] rounded = logits(preset, Execution.CPU.withPrecision(Precision.BF16_ANYWHERE));
    assertThat(distance(exact, rounded)).isBetween(1e-4, 0.02);
  }

  /** After a prompt and one token more. */
  private static float[] logits(String preset, Execution execution) {
    ObjectNode config = config(preset);
    try (LanguageModel model = ModelFamily.of(config).languageModel(config, execution)) {
      model.initialize(1);
      try (Decoding decoding = model.decode(List.of(ids(9)), 1)) {
        decoding.advance(new int[] {0}, new int[] {5});
        return decoding.logits().clone();
      }
    }
  }

  /** Each in a process of its own: what one has freed, the other would take without growing. */
  @Test
  void activationsComputedAgainTakeLessMemory() throws Exception {
    // Each of 12 blocks keeps 14 (N, D) tensors and more, or one: 7 MiB, or 0.5 MiB.
    assertThat(footprint("keep") - footprint("again")).isGreaterThan(50L << 20);
  }

  private static long footprint(String activations) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "--add-modules=jdk.incubator.vector",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Footprint.class.getName(),
                activations)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = process.inputReader()) {
      String last = output.lines().reduce("", (before, line) -> line);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      return Long.parseLong(last);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Prints by how many bytes this process has grown when it holds a model and its activations. */
  static final class Footprint {
    private Footprint() {}

    public static void main(String[] arguments) throws Exception {
      ObjectNode config = config("gpt-nano");
      config.put("n_layer", 12).put("n_positions", 128);
      Execution execution =
          arguments[0].equals("again") ? Execution.CPU.recomputingActivations() : Execution.CPU;
      System.out.println(bytesOfGradient(config, execution));
    }
  }

  private record Computed(double loss, float[] gradient) {}

  private static Computed compute(String preset, Execution execution) {
    ObjectNode config = config(preset);
    try (Pretrainable model = ModelFamily.of(config).pretrainable(config, execution)) {
      model.initialize(1);
      double loss = model.gradient(batch(config));
      FlatVector gradients = model.gradients();
      float[] values = new float[Math.toIntExact(gradients.elements())];
      gradients.read(0, values, 0, values.length);
      return new Computed(loss, values);
    }
  }

  /** Resident memory that a computation takes and keeps until its model is closed. */
  private static long bytesOfGradient(ObjectNode config, Execution execution) throws Exception {
    int length = config.get("n_positions").asInt();
    long before = residentBytes();
    try (Pretrainable model = ModelFamily.of(config).pretrainable(config, execution)) {
      model.initialize(1);
      model.gradient(new TokenBatch(8, length, ids(8 * length), ids(8 * length)));
      return residentBytes() - before;
    }
  }

  private static long residentBytes() throws Exception {
    String pages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
    return Long.parseLong(pages) * 4096;
  }

  private static ObjectNode config(String preset) {
    return ModelFamily.ofPreset(preset).config(preset, VOCABULARY);
  }

  private static Batch batch(ObjectNode config) {
    int[] lengths = {LENGTH, LENGTH - 5, LENGTH, 3};
    return switch (ModelFamily.of(config).objective(config)) {
      case CAUSAL_LM ->
          new TokenBatch(SEQUENCES, LENGTH, ids(SEQUENCES * LENGTH), ids(SEQUENCES * LENGTH));
      case SPAN_CORRUPTION ->
          new SpanBatch(SEQUENCES, ids(SEQUENCES * LENGTH), lengths, ids(SEQUENCES * 8), 7);
      default ->
          new MaskedBatch(
              SEQUENCES,
              LENGTH,
              ids(SEQUENCES * LENGTH),
              new int[SEQUENCES * LENGTH],
              lengths,
              new int[] {1, 2, 4, 1, 5, 9, 2, 0},
              ids(8),
              new int[] {0, 1, 1, 0},
              7);
    };
  }

  private static int[] ids(int count) {
    return new Random(count).ints(count, 0, VOCABULARY).toArray();
  }

  /** Of the difference to the first one's length. */
  private static double distance(float[] exact, float[] other) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < exact.length; i++) {
      difference += Math.pow(exact[i] - other[i], 2);
      length += Math.pow(exact[i], 2);
    }
    return Math.sqrt(difference / length);
  }
}
