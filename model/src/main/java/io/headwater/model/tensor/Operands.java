package io.headwater.model.tensor;

import io.headwater.model.Precision;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Matrix products and the number format of what they read. */
public final class Operands {
  private Operands() {}

  static ScalarType type(Precision precision) {
    return precision.isBf16() ? ScalarType.BFloat16 : ScalarType.Float;
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
}
