package io.headwater.corpus.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ShardIndexTest {
  // Documents [10, 11, 12] and [20, 21] as u16, as Megatron-LM's indexed_dataset.py writes them.
  private static final String MEGATRON =
      ("4d4d49444944580000 0100000000000000 08 0200000000000000 0300000000000000"
              + "03000000 02000000"
              + "0000000000000000 0600000000000000"
              + "0000000000000000 0100000000000000 0200000000000000")
          .replace(" ", "");

  private static byte[] written(ElementType type, int... lengths) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ShardIndex.write(out, type, lengths, lengths.length);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static ShardIndex read(byte[] bytes) {
    return ShardIndex.read(ByteBuffer.wrap(bytes), ElementType.U16, "train-00000.idx");
  }

  @Test
  void writesMegatronsBytes() {
    assertThat(HexFormat.of().formatHex(written(ElementType.U16, 3, 2))).isEqualTo(MEGATRON);
  }

  @Test
  void readsMegatronsBytes() {
    assertThat(read(HexFormat.of().parseHex(MEGATRON))).isEqualTo(new ShardIndex(2, 5));
  }

  @Test
  void readsAnEmptyIndex() {
    assertThat(read(written(ElementType.U16))).isEqualTo(new ShardIndex(0, 0));
  }

  @Test
  void rejectsAnIndexCutAnywhere() {
    byte[] whole = written(ElementType.U16, 3, 2, 7);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> read(cut))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("train-00000.idx");
    }
  }

  @Test
  void rejectsAnyFlippedBit() {
    byte[] whole = written(ElementType.U16, 3, 2, 7);
    ShardIndex intact = read(whole);
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit >> 3] ^= (byte) (1 << (bit & 7));
      try {
        // Only the last length can change unseen here; the size of the .bin file tells on it.
        assertThat(read(flipped).tokens()).as("bit %d", bit).isNotEqualTo(intact.tokens());
      } catch (UserException expected) {
        assertThat(expected).hasMessageContaining("train-00000.idx");
      }
    }
  }

  @Test
  void rejectsAnotherElementType() {
    assertThatThrownBy(() -> read(written(ElementType.I32, 3)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("element type is 4, not 8");
  }

  @Test
  void choosesTheElementTypeAsMegatronDoes() {
    assertThat(ElementType.forVocabulary(65499)).isEqualTo(ElementType.U16);
    assertThat(ElementType.forVocabulary(65500)).isEqualTo(ElementType.I32);
  }
}
