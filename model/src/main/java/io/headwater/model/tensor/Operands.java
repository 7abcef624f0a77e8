package io.headwater.model.tensor;

import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import io.headwater.model.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Matrix products and the number format of what they read. */
public final class Operands {
  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
  private static final Set<String> BF16_INSTRUCTIONS = Set.of("avx512_bf16", "amx_bf16", "bf16");

  private Operands() {}

  static ScalarType type(Precision precision) {
    return precision == Precision.FP32 ? ScalarType.Float : ScalarType.BFloat16;
  }

  /**
   * {@code out = a b}.
   *
   * @param out float32, or of the operands' type
   */
  public static void multiply(Tensor out, Tensor a, Tensor b) {
    if (sameType(out, a)) {
      torch.mm_out(out, a, b);
    } else {
      out.copy_(torch.mm(a, b));
    }
  }

  /**
   * {@code out = bias + a b}.
   *
   * @param bias of the operands' type
   * @param out float32, or of the operands' type
   */
  public static void multiply(Tensor out, Tensor bias, Tensor a, Tensor b) {
    if (sameType(out, a)) {
      torch.addmm_out(out, bias, a, b);
    } else {
      out.copy_(torch.addmm(bias, a, b));
    }
  }

  private static boolean sameType(Tensor one, Tensor other) {
    return one.scalar_type().value == other.scalar_type().value;
  }

  /** Refuses a precision in which the machine would be slower than in float32. */
  static void check(Execution execution) {
    if (execution.precision() == Precision.BF16
        && execution.device().equals("cpu")
        && !hasBf16Instructions(processor())) {
      throw new UserException(
          "Cannot compute in bf16 on this processor: it has none of the instructions "
              + "AVX512-BF16, AMX-BF16 or Arm's BF16, so that fp32 is faster; valid here are fp32, "
              + "and bf16-anywhere for bf16 at any speed");
    }
  }

  /**
   * @param processor Linux's description of it
   */
  static boolean hasBf16Instructions(String processor) {
    return processor
        .lines()
        .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
        .anyMatch(
            line -> new HashSet<>(Arrays.asList(line.split("\\s+"))).stream()
                .anyMatch(BF16_INSTRUCTIONS::contains));
  }

  /** Empty where the system does not tell. */
  private static String processor() {
    try {
      return Files.exists(PROCESSOR) ? Files.readString(PROCESSOR) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
