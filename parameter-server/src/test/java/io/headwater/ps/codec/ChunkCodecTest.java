package io.headwater.ps.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.KernelVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds of every codec. */
class ChunkCodecTest {
  private static final double RATIO = 0.03;
  private static final int INDEX = 5; // of payloads: not aligned
  private static final int OFFSET = 3; // of elements

  private static byte[] encoded(ChunkCodec codec, float[] elements, int count) {
    byte[] bytes = new byte[INDEX + codec.length(count) + 9];
    Arrays.fill(bytes, (byte) 0x5a);
    int length = codec.encode(elements, OFFSET, count, new UnsafeBuffer(bytes), INDEX);
    if (length == ChunkEncoder.NOT_FINITE) {
      return new byte[0];
    }
    assertThat(length).isEqualTo(codec.length(count));
    for (int i = 0; i < bytes.length; i++) {
      if (i < INDEX || i >= INDEX + length) {
        assertThat(bytes[i]).as("byte %d, not its own", i).isEqualTo((byte) 0x5a);
      }
    }
    return Arrays.copyOfRange(bytes, INDEX, INDEX + length);
  }

  private static List<float[]> samples(int count) {
    List<float[]> samples = new ArrayList<>();
    samples.add(new float[count]);
    for (int seed = 0; seed < 3; seed++) {
      samples.add(Elements.normal(seed, count));
      samples.add(Elements.moderate(seed, count));
      samples.add(Elements.finite(seed, count));
      samples.add(Elements.any(seed, count));
    }
    return samples;
  }

  @ParameterizedTest
  @EnumSource
  void bothVersionsGiveTheSameBits(Codec codec) {
    ChunkCodec scalar = codec.open(KernelVersion.SCALAR, RATIO);
    ChunkCodec vector = codec.open(KernelVersion.VECTOR, RATIO);
    for (int count : Elements.COUNTS) {
      for (float[] elements : samples(OFFSET + count + 2)) {
        byte[] bytes = encoded(scalar, elements, count);
        assertThat(encoded(vector, elements, count)).isEqualTo(bytes);
        if (bytes.length > 0) {
          UnsafeBuffer payload = new UnsafeBuffer(bytes);
          float[] decoded = Elements.finite(7, count + 2);
          float[] other = decoded.clone();
          assertThat(scalar.decode(payload, 0, bytes.length, decoded, count)).isTrue();
          assertThat(vector.decode(payload, 0, bytes.length, other, count)).isTrue();
          assertThat(bits(other)).isEqualTo(bits(decoded));
          float[] sum = Elements.finite(8, count + 2);
          float[] otherSum = sum.clone();
          assertThat(scalar.add(payload, 0, bytes.length, sum, count)).isTrue();
          assertThat(vector.add(payload, 0, bytes.length, otherSum, count)).isTrue();
          assertThat(bits(otherSum)).isEqualTo(bits(sum));
        }
      }
    }
  }

  /** All NaN are one: which of two operands' an addition keeps is not said. */
  private static int[] bits(float[] x) {
    int[] bits = new int[x.length];
    for (int i = 0; i < x.length; i++) {
      bits[i] = Float.floatToIntBits(x[i]);
    }
    return bits;
  }

  @ParameterizedTest
  @EnumSource
  void addingIsDecodingAndThenAdding(Codec codec) {
    ChunkCodec chunks = codec.open();
    for (int count : Elements.COUNTS) {
      byte[] bytes = encoded(chunks, Elements.normal(count, OFFSET + count), count);
      UnsafeBuffer payload = new UnsafeBuffer(bytes);
      float[] decoded = new float[count];
      assertThat(chunks.decode(payload, 0, bytes.length, decoded, count)).isTrue();
      float[] sum = Elements.normal(3, count + 1);
      float[] expected = sum.clone();
      for (int i = 0; i < count; i++) {
        expected[i] += decoded[i];
      }
      assertThat(chunks.add(payload, 0, bytes.length, sum, count)).isTrue();
      assertThat(sum).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource
  void memoryOutsideTheHeapGivesTheSameBytesAndElements(Codec codec) {
    int count = 2_041;
    ChunkCodec chunks = codec.open();
    float[] elements = Elements.normal(1, OFFSET + count);
    byte[] bytes = encoded(chunks, elements, count);
    UnsafeBuffer payload = new UnsafeBuffer(new byte[bytes.length]);
    try (FlatVector vector = FlatVector.allocate(elements.length + 1)) {
      vector.write(0, elements, 0, elements.length);
      assertThat(chunks.encode(vector, OFFSET, count, payload, 0)).isEqualTo(bytes.length);
      assertThat(payload.byteArray()).isEqualTo(bytes);
      vector.fill(9f);
      float[] decoded = new float[count];
      assertThat(chunks.decode(payload, 0, bytes.length, decoded, count)).isTrue();
      assertThat(chunks.decode(payload, 0, bytes.length, vector, OFFSET, count)).isTrue();
      float[] after = new float[elements.length + 1];
      vector.read(0, after, 0, after.length);
      assertThat(Arrays.copyOfRange(after, OFFSET, OFFSET + count)).isEqualTo(decoded);
      assertThat(after[OFFSET - 1]).isEqualTo(9f);
      assertThat(after[OFFSET + count]).isEqualTo(9f);
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesAnyOtherLengthAndTouchesNothing(Codec codec) {
    ChunkCodec chunks = codec.open();
    for (int count : Elements.COUNTS) {
      byte[] bytes = encoded(chunks, Elements.normal(count, OFFSET + count), count);
      UnsafeBuffer longer = new UnsafeBuffer(Arrays.copyOf(bytes, bytes.length + 1));
      UnsafeBuffer cut = new UnsafeBuffer(Arrays.copyOf(bytes, bytes.length - 1));
      float[] into = Elements.finite(4, count);
      float[] before = into.clone();
      assertThat(chunks.decode(longer, 0, bytes.length + 1, into, count)).isFalse();
      assertThat(chunks.decode(cut, 0, bytes.length - 1, into, count)).isFalse();
      assertThat(chunks.decode(cut, 0, bytes.length, into, count)).isFalse();
      assertThat(chunks.add(cut, 0, bytes.length, into, count)).isFalse();
      assertThat(chunks.isValid(longer, -1, bytes.length, count)).isFalse();
      assertThat(chunks.isValid(longer, 2, bytes.length, count)).isFalse();
      assertThat(chunks.isValid(longer, Integer.MAX_VALUE, bytes.length, count)).isFalse();
      assertThat(chunks.isValid(longer, 0, Integer.MAX_VALUE, count)).isFalse();
      assertThat(chunks.isValid(longer, 0, -1, count)).isFalse();
      assertThat(chunks.isValid(longer, 0, 0, 0)).isFalse();
      assertThat(chunks.isValid(longer, 0, bytes.length, -count)).isFalse();
      assertThat(chunks.isValid(longer, 0, bytes.length, Integer.MAX_VALUE)).isFalse();
      assertThat(into).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesToEncodeWhatIsNoChunk(Codec codec) {
    ChunkCodec chunks = codec.open();
    UnsafeBuffer into = new UnsafeBuffer(new byte[100_000]);
    assertThatThrownBy(() -> chunks.encode(new float[20_000], 0, 16_321, into, 0))
        .hasMessage("Cannot encode a chunk of 16321 elements: must be 1 to 16320");
    assertThatThrownBy(() -> chunks.encode(new float[1], 0, 0, into, 0))
        .hasMessageContaining("of 0 elements");
    assertThatThrownBy(() -> chunks.encode(new float[320], 1, 320, into, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> chunks.encode(new float[16_320], 0, 16_320, into, 99_999))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @ParameterizedTest
  @EnumSource
  void tellsOfElementsThatItCannotEncode(Codec codec) {
    ChunkCodec chunks = codec.open();
    UnsafeBuffer into = new UnsafeBuffer(new byte[4 * 400]);
    Random random = new Random(1);
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] elements = Elements.finite(1, 400);
      elements[random.nextInt(400)] = bad;
      int bytes = chunks.encode(elements, 0, 400, into, 0);
      assertThat(bytes)
          .isEqualTo(codec.needsFeedback() ? ChunkEncoder.NOT_FINITE : chunks.length(400));
    }
  }

  @Test
  void theNumbersOnTheWireStay() {
    assertThat(Codec.numbered(0)).contains(Codec.FLOAT32);
    assertThat(Codec.numbered(1)).contains(Codec.BFLOAT16);
    assertThat(Codec.numbered(2)).contains(Codec.FLOAT16);
    assertThat(Codec.numbered(3)).contains(Codec.ONE_BIT);
    assertThat(Codec.numbered(4)).contains(Codec.TOP_K);
    assertThat(Codec.numbered(5)).isEmpty();
    assertThat(Codec.numbered(-1)).isEmpty();
  }

  @Test
  void lengthsOfALargeChunk() {
    assertThat(Codec.FLOAT32.open().length(16_320)).isEqualTo(65_280);
    assertThat(Codec.BFLOAT16.open().length(16_320)).isEqualTo(32_640);
    assertThat(Codec.FLOAT16.open().length(16_320)).isEqualTo(32_640);
    assertThat(Codec.ONE_BIT.open().length(16_320)).isEqualTo(8 + 2_040);
    assertThat(Codec.ONE_BIT.open().length(320)).isEqualTo(8 + 40);
    assertThat(Codec.ONE_BIT.open().length(1)).isEqualTo(8 + 8);
    assertThat(Codec.TOP_K.open().length(16_320)).isEqualTo(6 * 164);
    assertThat(Codec.topK(1).length(16_320)).isEqualTo(6 * 16_320);
  }
}
