package io.headwater.model.gpt;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.tensor.NormalDraws;
import java.util.SplittableRandom;

/**
 * GPT-2's initial weights: normal with deviation 0.02, projections into the residual stream smaller
 * by the root of their number, biases 0, gains 1.
 */
final class GptInitialization {
  private static final double DEVIATION = 0.02;

  private GptInitialization() {}

  static void apply(GptConfig sizes, TensorLayout layout, FlatVector parameters, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double residualDeviation = DEVIATION / Math.sqrt(2.0 * sizes.layers());
    for (TensorLayout.Entry entry : layout.entries()) {
      if (entry.decays()) {
        boolean intoResidual = entry.name().endsWith("c_proj.weight");
        NormalDraws.fill(parameters, entry, intoResidual ? residualDeviation : DEVIATION, random);
      } else {
        float value = entry.name().endsWith(".weight") ? 1 : 0; // a norm's gain, or a bias
        for (long i = entry.offset(); i < entry.end(); i++) {
          parameters.set(i, value);
        }
      }
    }
  }
}
