package io.headwater.benchmarks.model;

import io.headwater.model.Execution;
import io.headwater.model.tensor.Engine;
import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What the matrix products of a GPT-mini step reach on their own, by the engine that the models
 * use: the limit of a step. See README.md.
 */
public final class GemmCeiling {
  private static final int REPETITIONS = 15;

  /** (rows, columns, inner): the products of one layer and of the head, forward and backward. */
  private static final int[][] SHAPES = {
    {1024, 768, 256}, {1024, 256, 256}, {1024, 1024, 256}, {1024, 256, 1024}, // y = x W
    {1024, 256, 768}, {256, 768, 1024}, {256, 256, 1024}, {256, 1024, 1024}, // dx, dW
    {1024, 8192, 256}, {1024, 256, 8192}, {8192, 256, 1024} // the head
  };

  private GemmCeiling() {}

  /** Argument: threads. */
  public static void main(String[] arguments) {
    int threads = Integer.parseInt(arguments[0]);
    Engine.enter(new Execution("cpu", threads));
    System.out.printf("%d thread%s%n", threads, threads == 1 ? "" : "s");
    for (int[] shape : SHAPES) {
      System.out.printf(
          Locale.ROOT,
          "  %5d x %5d x %5d  fp32 %6.1f GFLOP/s  bf16 %6.1f GFLOP/s%n",
          shape[0],
          shape[1],
          shape[2],
          rate(shape, ScalarType.Float),
          rate(shape, ScalarType.BFloat16));
    }
  }

  private static double rate(int[] shape, ScalarType type) {
    try (PointerScope scope = new PointerScope()) {
      Tensor a = torch.randn(shape[0], shape[2]).to(type);
      Tensor b = torch.randn(shape[2], shape[1]).to(type);
      Tensor product = torch.mm(a, b);
      double[] seconds = new double[REPETITIONS];
      for (int i = 0; i < REPETITIONS; i++) {
        long started = System.nanoTime();
        torch.mm_out(product, a, b);
        seconds[i] = (System.nanoTime() - started) * 1e-9;
      }
      Arrays.sort(seconds);
      return 2e-9 * shape[0] * shape[1] * shape[2] / seconds[REPETITIONS / 2];
    }
  }
}
