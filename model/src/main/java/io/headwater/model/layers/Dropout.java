package io.headwater.model.layers;

import java.nio.LongBuffer;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Dropout of one forward pass (Srivastava et al. 2014): masks drawn one after another from the
 * batch's seed, so that a batch computed again, by whichever worker, gives the same bits.
 *
 * <p>Drawn on the host from a generator of its own: the engine's default one is shared by all
 * threads of the process. An element takes 16 random bits, so a rate is a multiple of 1 / 65,536.
 */
public final class Dropout {
  /** Drops nothing: for evaluation. */
  public static final Dropout NONE = new Dropout(0, false);

  private static final int STEPS = 1 << Short.SIZE;

  private final long seed;
  private final boolean drops;
  private final SplittableRandom random;

  private Dropout(long seed, boolean drops) {
    this.seed = seed;
    this.drops = drops;
    this.random = new SplittableRandom(seed);
  }

  public static Dropout seeded(long seed) {
    return new Dropout(seed, true);
  }

  /** Masks of one part of the network: the same ones each time the part is computed. */
  public Dropout part(int index) {
    return drops ? new Dropout(new SplittableRandom(seed + ~index).nextLong(), true) : this;
  }

  /**
   * Draws a mask.
   *
   * @param rate part that is dropped
   * @return of the tensor's shape and type: 0 where dropped, 1 / (1 - rate) elsewhere; null if
   *     nothing is
   */
  public Tensor mask(Tensor like, double rate) {
    if (!drops || rate == 0) {
      return null;
    }
    long dropped = Math.round(rate * STEPS);
    Tensor kept = draws(like.numel()).ge(new Scalar((double) (dropped + Short.MIN_VALUE)));
    return kept.view(like.sizes())
        .to(like.device(), like.scalar_type())
        .mul_(new Scalar(STEPS / (double) (STEPS - dropped)));
  }

  /** Evenly distributed shorts. */
  private Tensor draws(long count) {
    long words = (count * Short.BYTES + Long.BYTES - 1) / Long.BYTES;
    Tensor bits = torch.zeros(new long[] {words}, new TensorOptions(ScalarType.Long));
    LongBuffer buffer = new LongPointer(bits.data_ptr()).capacity(words).asBuffer();
    for (int i = 0; i < words; i++) {
      buffer.put(i, random.nextLong());
    }
    return bits.view(ScalarType.Short).narrow(0, 0, count);
  }

  /** Multiplies in place, where there is a mask. */
  public static void apply(Tensor x, Tensor mask) {
    if (mask != null) {
      x.mul_(mask);
    }
  }
}
