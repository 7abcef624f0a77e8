package io.headwater.ps.codec;

import io.headwater.checkpoint.UserException;
import java.util.Objects;

/**
 * How a run encodes what travels.
 *
 * @param push of gradients, from workers to shards
 * @param topK part of a gradient's elements that {@link Codec#TOP_K} pushes, in (0, 1]
 * @param pull of weights, from shards to workers; none that needs feedback
 */
public record Codecs(Codec push, double topK, Codec pull) {
  /** Everything as it is. */
  public static final Codecs NONE = new Codecs(Codec.FLOAT32, 0.01, Codec.FLOAT32);

  public Codecs {
    Objects.requireNonNull(push, "push");
    Objects.requireNonNull(pull, "pull");
    if (pull.needsFeedback()) {
      throw new UserException(
          "Cannot pull weights as " + pull + ": must be FLOAT32, BFLOAT16 or FLOAT16");
    }
    if (!(topK > 0 && topK <= 1)) {
      throw new UserException(
          "Cannot push " + topK + " of the elements of a gradient: must be in (0, 1]");
    }
  }

  /** Whether a sum of pushes has the same bits however its micro-batches are spread over them. */
  public boolean isExact() {
    return push == Codec.FLOAT32;
  }

  /** An encoder of pushes without feedback, for one thread. */
  public ChunkCodec openPush() {
    return push == Codec.TOP_K ? Codec.topK(topK) : push.open();
  }
}
