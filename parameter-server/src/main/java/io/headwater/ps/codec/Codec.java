package io.headwater.ps.codec;

import io.headwater.ps.KernelVersion;
import java.util.Optional;

/** The encodings of a chunk, by their number in its frame. */
public enum Codec {
  /** The elements as they are. */
  FLOAT32(0),
  /** The upper half of a float32, rounded to nearest, ties to even. */
  BFLOAT16(1),
  /** IEEE 754 binary16, rounded to nearest, ties to even; from 65,520 on infinite. */
  FLOAT16(2),
  /** Signs and two means; for gradients, with {@link ErrorFeedback}. */
  ONE_BIT(3),
  /** The largest elements; for gradients, with {@link ErrorFeedback}. */
  TOP_K(4);

  private static final double TOP_K_RATIO = 0.01;

  private final int number;

  Codec(int number) {
    this.number = number;
  }

  /** Its number on the wire. */
  public int number() {
    return number;
  }

  /** Whether what is lost must be fed back into the next gradient. */
  public boolean needsFeedback() {
    return this == ONE_BIT || this == TOP_K;
  }

  /** The codec of a number on the wire; none if no codec has it. */
  public static Optional<Codec> numbered(int number) {
    for (Codec codec : values()) {
      if (codec.number == number) {
        return Optional.of(codec);
      }
    }
    return Optional.empty();
  }

  /**
   * An encoder and decoder, for one thread. {@link #TOP_K} encodes one element in a hundred; {@link
   * #topK} encodes another part. What either encodes, either decodes.
   */
  public ChunkCodec open() {
    return open(KernelVersion.best(), TOP_K_RATIO);
  }

  /**
   * An encoder and decoder of the largest elements, for one thread.
   *
   * @param ratio part of a chunk's elements to encode, rounded up, in (0, 1]
   */
  public static ChunkCodec topK(double ratio) {
    return TOP_K.open(KernelVersion.best(), ratio);
  }

  ChunkCodec open(KernelVersion version, double topKRatio) {
    boolean vector = version == KernelVersion.VECTOR;
    return switch (this) {
      case FLOAT32 -> new Float32Codec();
      case BFLOAT16 -> new HalfCodec(this, vector ? new VectorBfloat16() : new ScalarBfloat16());
      case FLOAT16 -> new HalfCodec(this, vector ? new VectorFloat16() : new ScalarFloat16());
      case ONE_BIT -> new OneBitCodec(vector ? new VectorOneBit() : new ScalarOneBit());
      case TOP_K -> new TopKCodec(vector ? new VectorTopK() : new ScalarTopK(), topKRatio);
    };
  }
}
