package io.headwater.corpus.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class Utf8ProgressTest {
  private static final int END = 256;
  private static final Utf8Progress BYTES =
      new Utf8Progress(id -> id == END ? null : new byte[] {(byte) id});

  /** Java's decoder is the reference: of all sequences of up to three bytes, and many of four. */
  @Test
  void allowsWhatCanStillBecomeText() {
    for (int first = 0; first < 256; first++) {
      for (int second = 0; second < 256; second++) {
        assertAgrees(first, second);
        if (first >= 0xE0) {
          for (int third : new int[] {0x41, 0x80, 0xBF, 0xC3}) {
            assertAgrees(first, second, third);
            assertAgrees(first, second, third, 0x9F);
          }
        }
      }
    }
  }

  @Test
  void textDrawnByteByByteIsTextAndCutWhereACharacterEnds() throws Exception {
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      int[] ids = new int[20];
      for (int i = 0; i < ids.length; i++) {
        IntPredicate allowed = BYTES.after(Arrays.copyOf(ids, i));
        int[] may = IntStream.range(0, 256).filter(allowed).toArray();
        ids[i] = may[random.nextInt(may.length)];
      }
      int[] whole = Arrays.copyOf(ids, BYTES.whole(ids));
      assertThat(whole.length).isBetween(17, 20);
      byte[] bytes = new byte[whole.length];
      IntStream.range(0, bytes.length).forEach(i -> bytes[i] = (byte) whole[i]);
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)); // or it throws
    }
  }

  @Test
  void noTextEndsWithinACharacter() {
    assertThat(BYTES.after(new int[] {'a'}).test(END)).isTrue();
    assertThat(BYTES.after(new int[] {0xE6}).test(END)).isFalse();
    assertThat(BYTES.after(new int[] {0xE6, 0x98, 0xA5}).test(END)).isTrue();
  }

  @Test
  void tokensOfSeveralBytesMayEndAndBeginCharacters() {
    byte[][] tokens = {{(byte) 0xE6, (byte) 0x98}, {(byte) 0xA5, 'a', (byte) 0xC3}, {'a'}};
    Utf8Progress progress = new Utf8Progress(id -> tokens[id]);
    assertThat(IntStream.range(0, 3).filter(progress.after(new int[] {0}))).containsExactly(1);
    assertThat(IntStream.range(0, 3).filter(progress.after(new int[] {2}))).containsExactly(0, 2);
    assertThat(progress.whole(new int[] {2, 0, 1})).isEqualTo(1);
  }

  private static void assertAgrees(int... ids) {
    int[] before = Arrays.copyOf(ids, ids.length - 1);
    if (canBecomeText(before)) {
      assertThat(BYTES.after(before).test(ids[ids.length - 1]))
          .as(Arrays.toString(ids))
          .isEqualTo(canBecomeText(ids));
    }
  }

  /** Whether some continuation, of up to three bytes, is text. */
  private static boolean canBecomeText(int... ids) {
    for (int[] more :
        new int[][] {
          {},
          {0x80},
          {0xA0},
          {0x90, 0x80},
          {0x80, 0x80},
          {0xA0, 0x80},
          {0x90, 0x80, 0x80},
          {0x80, 0x80, 0x80}
        }) {
      byte[] bytes = new byte[ids.length + more.length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (i < ids.length ? ids[i] : more[i - ids.length]);
      }
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        return true;
      } catch (CharacterCodingException e) {
        continue;
      }
    }
    return false;
  }
}
