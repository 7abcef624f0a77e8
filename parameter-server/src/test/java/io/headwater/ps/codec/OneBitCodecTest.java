package io.headwater.ps.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class OneBitCodecTest {
  private final ChunkCodec codec = Codec.ONE_BIT.open();
  private final UnsafeBuffer payload = new UnsafeBuffer(new byte[4 * 16_320]);

  private float[] decoded(float... elements) {
    int bytes = codec.encode(elements, 0, elements.length, payload, 0);
    float[] decoded = new float[elements.length];
    assertThat(codec.decode(payload, 0, bytes, decoded, elements.length)).isTrue();
    return decoded;
  }

  @Test
  void anElementBecomesTheMeanOfItsSign() {
    assertThat(decoded(1, -4, 3, -2, 0)).containsExactly(4f / 3, -3, 4f / 3, -3, 4f / 3);
    assertThat(decoded(-0f, 1)).containsExactly(-0f, 1);
    assertThat(decoded(-2, -4)).containsExactly(-3, -3);
    assertThat(decoded(7)).containsExactly(7);
  }

  @Test
  void largeElementsHaveMeansUntilTheirSumsOverflow() {
    float large = Float.MAX_VALUE / 32;
    float[] elements = new float[16_320];
    Arrays.fill(elements, large);
    assertThat(decoded(elements)).isEqualTo(elements);
    Arrays.fill(elements, 2 * large);
    assertThat(codec.encode(elements, 0, elements.length, payload, 0))
        .isEqualTo(ChunkEncoder.NOT_FINITE);
  }

  @Test
  void everySignIsItsOwn() {
    for (int count : Elements.COUNTS) {
      float[] elements = Elements.normal(count, count);
      float[] decoded = decoded(elements);
      for (int i = 0; i < count; i++) {
        assertThat(decoded[i] < 0).as("element %d of %d", i, count).isEqualTo(elements[i] < 0);
      }
    }
  }

  @Test
  void theBitsLieAsTheFormatSays() {
    float[] elements = new float[256 + 70];
    elements[8 * 5 + 3] = -1; // bit 5 of word 3
    elements[256 + 8 * 8 + 2] = -3; // bit 8 of word 2 of the rest, whose words have two bytes
    int bytes = codec.encode(elements, 0, elements.length, payload, 0);
    assertThat(bytes).isEqualTo(8 + 32 + 16);
    assertThat(payload.getFloat(0)).isEqualTo(0);
    assertThat(payload.getFloat(4)).isEqualTo(2);
    for (int i = 8; i < bytes; i++) {
      int expected = i == 8 + 4 * 3 ? 1 << 5 : i == 40 + 2 * 2 + 1 ? 1 : 0;
      assertThat(payload.getByte(i)).as("byte %d", i).isEqualTo((byte) expected);
    }
  }

  @Test
  void refusesBitsOfNoElement() {
    int count = 256 + 70; // of the rest, words 0 to 5 have 9 bits, words 6 and 7 have 8
    int bytes = codec.encode(new float[count], 0, count, payload, 0);
    payload.putByte(40 + 2 * 5 + 1, (byte) 1);
    assertThat(codec.isValid(payload, 0, bytes, count)).isTrue();
    payload.putByte(40 + 2 * 6 + 1, (byte) 1);
    assertThat(codec.isValid(payload, 0, bytes, count)).isFalse();
    payload.putByte(40 + 2 * 6 + 1, (byte) 0);
    payload.putByte(40 + 2 * 5 + 1, (byte) 2);
    assertThat(codec.isValid(payload, 0, bytes, count)).isFalse();
  }

  @Test
  void refusesMeansThatAreNotFiniteOrNegative() {
    int bytes = codec.encode(new float[9], 0, 9, payload, 0);
    for (float mean : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1, -0f}) {
      for (int at = 0; at < 8; at += 4) {
        payload.putFloat(at, mean);
        assertThat(codec.isValid(payload, 0, bytes, 9)).as("%s at %d", mean, at).isFalse();
        payload.putFloat(at, 0);
      }
    }
    assertThat(codec.isValid(payload, 0, bytes, 9)).isTrue();
  }
}
