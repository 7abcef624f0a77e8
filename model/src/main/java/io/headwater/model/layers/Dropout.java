package io.headwater.model.layers;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Dropout of one forward pass (Srivastava et al. 2014): masks drawn one after another from the
 * batch's seed, so that a batch computed again, by whichever worker, gives the same bits.
 *
 * <p>Drawn on the host from a generator of its own: the engine's default one is shared by all
 * threads of the process.
 */
public final class Dropout {
  /** Drops nothing: for evaluation. */
  public static final Dropout NONE = new Dropout(null);

  private final GeneratorOptional generator;

  private Dropout(GeneratorOptional generator) {
    this.generator = generator;
  }

  /** To be called, and used, inside a {@code PointerScope}. */
  public static Dropout seeded(long seed) {
    Generator generator = torch.createCPUGenerator(seed);
    return new Dropout(new GeneratorOptional(generator));
  }

  /**
   * Draws a mask.
   *
   * @param rate part that is dropped
   * @return of the tensor's shape: 0 where dropped, 1 / (1 - rate) elsewhere; null if nothing is
   */
  public Tensor mask(Tensor like, double rate) {
    if (generator == null || rate == 0) {
      return null;
    }
    Tensor host = torch.empty_like(like.is_cpu() ? like : like.cpu());
    host.bernoulli_(1 - rate, generator).div_(new Scalar(1 - rate));
    return like.is_cpu() ? host : host.to(like.device(), like.scalar_type());
  }

  /** Multiplies in place, where there is a mask. */
  public static void apply(Tensor x, Tensor mask) {
    if (mask != null) {
      x.mul_(mask);
    }
  }
}
