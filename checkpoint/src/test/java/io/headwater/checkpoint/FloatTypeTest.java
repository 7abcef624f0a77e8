package io.headwater.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class FloatTypeTest {
  private static final int CODES = 1 << 16;

  /** (-1)^s (1 + f / 1024) 2^(e - 15), and (-1)^s f / 1024 2^-14 where e is 0. */
  @Test
  void everyHalfHasTheValueOfItsDefinition() {
    float[] halves = all(FloatType.F16);
    for (int code = 0; code < CODES; code++) {
      int exponent = code >> 10 & 31;
      double fraction = (code & 1023) / 1024.0;
      double magnitude =
          exponent == 0
              ? Math.scalb(fraction, -14)
              : exponent == 31
                  ? (fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
                  : Math.scalb(1 + fraction, exponent - 15);
      double expected = code < CODES / 2 ? magnitude : -magnitude;
      assertThat(Double.valueOf(halves[code])) // boxed: NaN equals NaN, 0 is not -0
          .as("code %04x", code)
          .isEqualTo(Double.valueOf(expected));
    }
  }

  @Test
  void everyBfloat16IsTheUpperHalfOfItsFloat() {
    float[] values = all(FloatType.BF16);
    for (int code = 0; code < CODES; code++) {
      assertThat(Float.valueOf(values[code]))
          .isEqualTo(Float.valueOf(Float.intBitsToFloat(code << 16)));
    }
  }

  private static float[] all(FloatType type) {
    ByteBuffer bytes = ByteBuffer.allocate(CODES * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int code = 0; code < CODES; code++) {
      bytes.putShort((short) code);
    }
    float[] values = new float[CODES];
    type.widen(bytes.flip(), values, 0, CODES);
    return values;
  }
}
