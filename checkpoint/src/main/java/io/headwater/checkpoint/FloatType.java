package io.headwater.checkpoint;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The floating-point types of safetensors that widen to float32 without loss. */
enum FloatType {
  F32(Float.BYTES),
  /** IEEE 754 binary16. */
  F16(Short.BYTES),
  /** The upper half of a float32. */
  BF16(Short.BYTES);

  private final int bytes;

  FloatType(int bytes) {
    this.bytes = bytes;
  }

  static Optional<FloatType> named(String dtype) {
    return Arrays.stream(values()).filter(type -> type.name().equals(dtype)).findFirst();
  }

  /** Of one element. */
  int bytes() {
    return bytes;
  }

  /** Takes {@code count} elements from a little-endian buffer's position on. */
  void widen(ByteBuffer from, float[] into, int offset, int count) {
    for (int i = offset; i < offset + count; i++) {
      into[i] =
          switch (this) {
            case F32 -> from.getFloat();
            case F16 -> ofHalf(from.getShort());
            case BF16 -> Float.intBitsToFloat(from.getShort() << 16);
          };
    }
  }

  private static float ofHalf(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half >> 10 & 0x1F;
    int fraction = half & 0x3FF;
    if (exponent == 0) { // zero, or below the least normal number
      return Math.copySign(fraction * 0x1p-24f, Float.intBitsToFloat(sign));
    }
    int wide = exponent == 0x1F ? 0xFF : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
  }
}
