package io.headwater.model.t5;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.tensor.NormalDraws;
import java.util.SplittableRandom;

/**
 * T5's initial weights: normal, with deviations that make up for the attention's missing scale;
 * embeddings of deviation 1, gains 1.
 */
final class T5Initialization {
  private T5Initialization() {}

  static void apply(T5Config sizes, TensorLayout layout, FlatVector parameters, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (TensorLayout.Entry entry : layout.entries()) {
      if (entry.decays()) {
        NormalDraws.fill(parameters, entry, deviation(sizes, entry.name()), random);
      } else {
        for (long i = entry.offset(); i < entry.end(); i++) {
          parameters.set(i, 1);
        }
      }
    }
  }

  private static double deviation(T5Config sizes, String name) {
    if (name.equals(T5CheckpointMapping.TOKENS)) {
      return 1;
    }
    double width = sizes.hiddenSize();
    if (name.endsWith(".q.weight")) {
      return 1 / Math.sqrt(width * sizes.headSize());
    }
    if (name.endsWith(".o.weight")) {
      return 1 / Math.sqrt(sizes.innerSize());
    }
    return 1 / Math.sqrt(name.endsWith(".wo.weight") ? sizes.intermediateSize() : width);
  }
}
