package io.headwater.ps.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopKCodecTest {
  private final UnsafeBuffer payload = new UnsafeBuffer(new byte[6 * 16_320]);

  private float[] decoded(double ratio, float... elements) {
    int bytes = Codec.topK(ratio).encode(elements, 0, elements.length, payload, 0);
    float[] decoded = Elements.normal(1, elements.length);
    assertThat(Codec.TOP_K.open().decode(payload, 0, bytes, decoded, elements.length)).isTrue();
    return decoded;
  }

  /** By sorting. */
  private static float[] largest(int k, float[] elements) {
    float[] largest = new float[elements.length];
    IntStream.range(0, elements.length)
        .boxed()
        .sorted(Comparator.comparing((Integer i) -> -Math.abs(elements[i])))
        .limit(k)
        .forEach(i -> largest[i] = elements[i]);
    return largest;
  }

  @Test
  void keepsTheLargestAndOfEqualsTheFirst() {
    assertThat(decoded(0.5, 1, -4, 3, -2, 0)).containsExactly(0, -4, 3, -2, 0);
    assertThat(decoded(0.4, 2, 1, -2, 2, -2)).containsExactly(2, 0, -2, 0, 0);
    assertThat(decoded(1e-9, 0, 0, 0)).containsExactly(0, 0, 0);
    assertThat(decoded(1, 5, -6)).containsExactly(5, -6);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 0.001, 0.01, 0.0625, 0.3, 0.999, 1})
  void keepsWhatSortingPutsFirst(double ratio) {
    for (int count : Elements.COUNTS) {
      int k = (int) Math.ceil(count * ratio);
      for (int seed = 0; seed < 4; seed++) {
        float[] elements =
            seed % 2 == 0 ? Elements.normal(seed, count) : Elements.finite(seed, count);
        assertThat(decoded(ratio, elements)).isEqualTo(largest(k, elements));
      }
    }
  }

  @Test
  void keepsTheLargestWhateverTheChunkBefore() {
    ChunkCodec codec = Codec.topK(0.01);
    Random random = new Random(1);
    for (int chunk = 0; chunk < 300; chunk++) {
      int count = 1 + random.nextInt(chunk % 3 == 0 ? 16_320 : 2_040);
      float scale = chunk % 4 == 0 ? (float) Math.exp(10 * random.nextGaussian()) : 1;
      float[] elements = chunk % 7 == 0 ? new float[count] : Elements.normal(chunk, count);
      for (int i = 0; i < count; i++) {
        elements[i] *= scale;
        if (chunk % 5 == 0) {
          elements[i] = Math.round(elements[i]); // many equal
        }
      }
      int bytes = codec.encode(elements, 0, count, payload, 0);
      float[] decoded = new float[count];
      assertThat(codec.decode(payload, 0, bytes, decoded, count)).isTrue();
      int k = (int) Math.ceil(count * 0.01);
      assertThat(decoded).as("chunk %d", chunk).isEqualTo(largest(k, elements));
    }
  }

  @Test
  void refusesIndicesThatDoNotRiseOrNameNoElement() {
    ChunkCodec codec = Codec.topK(0.03);
    int bytes = codec.encode(Elements.normal(1, 100), 0, 100, payload, 0);
    assertThat(bytes).isEqualTo(18);
    int[][] wrong = {{1, 1, 2}, {2, 1, 3}, {1, 2, 100}, {1, 2, 0xffff}, {5, 6, 5}};
    for (int[] indices : wrong) {
      putIndices(indices);
      assertThat(codec.isValid(payload, 0, bytes, 100)).as("%s", indices).isFalse();
    }
    putIndices(0, 98, 99);
    assertThat(codec.isValid(payload, 0, bytes, 100)).isTrue();
  }

  private void putIndices(int... indices) {
    for (int i = 0; i < indices.length; i++) {
      payload.putShort(2 * i, (short) indices[i]);
    }
  }

  @Test
  void refusesValuesThatAreNotFinite() {
    ChunkCodec codec = Codec.topK(0.03);
    int bytes = codec.encode(Elements.normal(1, 100), 0, 100, payload, 0);
    for (float value : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      payload.putFloat(14, value);
      assertThat(codec.isValid(payload, 0, bytes, 100)).isFalse();
    }
    payload.putFloat(14, -Float.MAX_VALUE);
    assertThat(codec.isValid(payload, 0, bytes, 100)).isTrue();
  }

  @Test
  void refusesMoreValuesThanElements() {
    UnsafeBuffer two = new UnsafeBuffer(new byte[12]);
    two.putShort(2, (short) 1);
    assertThat(Codec.topK(1).isValid(two, 0, 12, 2)).isTrue();
    assertThat(Codec.topK(1).isValid(two, 0, 12, 1)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 1.0001, Double.NaN})
  void refusesAPartThatIsNone(double ratio) {
    assertThatThrownBy(() -> Codec.topK(ratio))
        .isInstanceOf(UserException.class)
        .hasMessage("Cannot keep " + ratio + " of a gradient: must be in (0, 1]");
  }
}
