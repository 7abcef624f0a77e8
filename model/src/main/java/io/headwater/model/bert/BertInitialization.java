package io.headwater.model.bert;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import java.util.SplittableRandom;

/** BERT's initial weights: normal with deviation 0.02, biases 0, gains 1. */
final class BertInitialization {
  static final double DEVIATION = 0.02;

  private BertInitialization() {}

  static void apply(TensorLayout layout, FlatVector parameters, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (TensorLayout.Entry entry : layout.entries()) {
      if (entry.decays()) {
        fillNormal(parameters, entry, random);
      } else {
        float value = entry.name().endsWith(".weight") ? 1 : 0; // a norm's gain, or a bias
        for (long i = entry.offset(); i < entry.end(); i++) {
          parameters.set(i, value);
        }
      }
    }
  }

  /** Box and Muller's transform, in StrictMath: the same bits on every machine. */
  private static void fillNormal(
      FlatVector parameters, TensorLayout.Entry entry, SplittableRandom random) {
    for (long i = entry.offset(); i < entry.end(); i += 2) {
      double radius = DEVIATION * Math.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
      double angle = 2 * Math.PI * random.nextDouble();
      parameters.set(i, (float) (radius * StrictMath.cos(angle)));
      if (i + 1 < entry.end()) {
        parameters.set(i + 1, (float) (radius * StrictMath.sin(angle)));
      }
    }
  }
}
