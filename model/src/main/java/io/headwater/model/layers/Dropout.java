package io.headwater.model.layers;

import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Dropout of one forward pass (Srivastava et al. 2014): masks drawn one after another from the
 * batch's seed, so that a batch computed again, by whichever worker, gives the same bits.
 *
 * <p>Drawn on the host by {@link MaskBits}: the engine's default generator is shared by all threads
 * of the process.
 */
public final class Dropout {
  /** Drops nothing: for evaluation. */
  public static final Dropout NONE = new Dropout(0, false);

  private static final int PIECE = 4096; // words: 16 KiB, which stay in the first-level cache

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
   * Draws a mask. Masks of float32 and of bfloat16 drop the same elements.
   *
   * @param like of float32 or bfloat16
   * @param rate part that is dropped
   * @return of the tensor's shape and type: 0 where dropped, 1 / (1 - rate) elsewhere; null if
   *     nothing is
   */
  public Tensor mask(Tensor like, double rate) {
    if (!drops || rate == 0) {
      return null;
    }
    MaskBits bits = new MaskBits(random.nextInt(), random.nextInt(), rate);
    boolean pairs = like.scalar_type().value == ScalarType.BFloat16.value;
    int count = Math.toIntExact(like.numel());
    int words = pairs ? (count + 1) / 2 : count;
    Tensor drawn = torch.empty(words).view(ScalarType.Int);
    IntBuffer memory =
        new BytePointer(drawn.data_ptr())
            .capacity((long) Integer.BYTES * words)
            .asByteBuffer()
            .order(ByteOrder.nativeOrder())
            .asIntBuffer();
    int[] piece = new int[PIECE];
    for (int first = 0; first < words; first += PIECE) {
      if (pairs) {
        bits.bfloat16s(first, piece);
      } else {
        bits.float32s(first, piece);
      }
      memory.put(piece, 0, Math.min(PIECE, words - first));
    }
    return drawn
        .view(like.scalar_type())
        .narrow(0, 0, count)
        .view(like.sizes())
        .to(like.device(), like.scalar_type());
  }

  /** Multiplies in place, where there is a mask. */
  public static void apply(Tensor x, Tensor mask) {
    if (mask != null) {
      x.mul_(mask);
    }
  }
}
