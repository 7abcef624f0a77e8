package io.headwater.model;

import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The number format in which matrix products read their operands. Weights, gradients, the residual
 * stream, norms, softmaxes' sums and losses are float32 in each.
 */
public enum Precision {
  FP32,
  /** bfloat16, on hardware that has instructions for it. */
  BF16,
  /** As {@link #BF16}, also where it is slower than float32 for want of such instructions. */
  BF16_ANYWHERE;

  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
  private static final Set<String> INSTRUCTIONS = Set.of("avx512_bf16", "amx_bf16", "bf16");

  /** The precision of a name such as {@code bf16}. */
  public static Precision named(String name) {
    return Arrays.stream(values())
        .filter(precision -> precision.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "Cannot compute with precision "
                        + name
                        + ": it must be one of "
                        + List.of(values())));
  }

  public boolean isBf16() {
    return this != FP32;
  }

  /**
   * Refuses a precision in which this machine's processor would be slower than in float32.
   *
   * @param device {@code cpu}, or another, of which nothing is asked
   */
  public void check(String device) {
    if (this == BF16 && device.equals("cpu") && !hasInstructions(processor())) {
      throw new UserException(
          "Cannot compute in bf16 on this processor: it has none of the instructions AVX512-BF16,"
              + " AMX-BF16 and Arm's BF16, so that fp32 is faster; valid here are fp32, and"
              + " bf16-anywhere for bf16 at any speed");
    }
  }

  /**
   * @param processor Linux's description of it
   */
  static boolean hasInstructions(String processor) {
    return processor
        .lines()
        .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
        .flatMap(line -> Arrays.stream(line.split("\\s+")))
        .anyMatch(INSTRUCTIONS::contains);
  }

  /** Empty where the system does not tell. */
  private static String processor() {
    try {
      return Files.exists(PROCESSOR) ? Files.readString(PROCESSOR) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
