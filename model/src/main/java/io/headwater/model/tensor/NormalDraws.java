package io.headwater.model.tensor;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import java.util.SplittableRandom;

/** Initial weights from a normal distribution. */
public final class NormalDraws {
  private NormalDraws() {}

  /** Box and Muller's transform, in StrictMath: the same bits on every machine. */
  public static void fill(
      FlatVector parameters, TensorLayout.Entry entry, double deviation, SplittableRandom random) {
    for (long i = entry.offset(); i < entry.end(); i += 2) {
      double radius = deviation * Math.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
      double angle = 2 * Math.PI * random.nextDouble();
      parameters.set(i, (float) (radius * StrictMath.cos(angle)));
      if (i + 1 < entry.end()) {
        parameters.set(i + 1, (float) (radius * StrictMath.sin(angle)));
      }
    }
  }
}
