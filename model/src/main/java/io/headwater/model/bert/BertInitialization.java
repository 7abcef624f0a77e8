package io.headwater.model.bert;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.tensor.NormalDraws;
import java.util.SplittableRandom;

/** BERT's initial weights: normal with deviation 0.02, biases 0, gains 1. */
final class BertInitialization {
  static final double DEVIATION = 0.02;

  private BertInitialization() {}

  static void apply(TensorLayout layout, FlatVector parameters, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (TensorLayout.Entry entry : layout.entries()) {
      if (entry.decays()) {
        NormalDraws.fill(parameters, entry, DEVIATION, random);
      } else {
        float value = entry.name().endsWith(".weight") ? 1 : 0; // a norm's gain, or a bias
        for (long i = entry.offset(); i < entry.end(); i++) {
          parameters.set(i, value);
        }
      }
    }
  }
}
