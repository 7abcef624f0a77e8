package io.headwater.corpus.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenWindowsTest {
  /** Each token is its own position. */
  private record Counting(long tokens) implements TokenStream {
    @Override
    public long documents() {
      return 1;
    }

    @Override
    public void read(long position, int count, int[] into, int offset) {
      Objects.checkFromIndexSize(position, count, tokens);
      Arrays.setAll(
          into, i -> i < offset || i >= offset + count ? into[i] : (int) position + i - offset);
    }
  }

  private static int[] window(TokenWindows windows, long sample, int contextLength) {
    int[] into = new int[contextLength + 1];
    assertThat(windows.read(sample, into, 0)).isEqualTo(contextLength + 1);
    return into;
  }

  @Test
  void visitsEachWindowOnceAnEpoch() {
    for (int contextLength : new int[] {1, 2, 7, 64}) {
      for (int tokens = contextLength + 1; tokens < 5 * contextLength + 40; tokens++) {
        TokenWindows windows = new TokenWindows(new Counting(tokens), contextLength, 3);
        long count = windows.windowsPerEpoch();
        assertThat(count).isBetween((long) tokens / contextLength - 2, (long) tokens);
        for (int epoch = 0; epoch < 3; epoch++) {
          BitSet inputs = new BitSet();
          for (long i = 0; i < count; i++) {
            int[] window = window(windows, epoch * count + i, contextLength);
            for (int t = 0; t <= contextLength; t++) {
              assertThat(window[t]).isEqualTo(window[0] + t).isLessThan(tokens);
            }
            inputs.set(window[0], window[0] + contextLength);
          }
          assertThat(inputs.cardinality()).isEqualTo((int) count * contextLength);
        }
      }
    }
  }

  @Test
  void epochsDifferInOrderAndOffset() {
    TokenWindows windows = new TokenWindows(new Counting(10_000), 10, 1);
    long count = windows.windowsPerEpoch();
    Set<Integer> offsets = new HashSet<>();
    int sameStart = 0;
    for (int epoch = 0; epoch < 50; epoch++) {
      offsets.add(window(windows, epoch * count, 10)[0] % 10);
      int first = window(windows, epoch * count + 5, 10)[0];
      int second = window(windows, (epoch + 1) * count + 5, 10)[0];
      sameStart += first == second ? 1 : 0;
    }
    assertThat(offsets).hasSizeGreaterThan(8);
    assertThat(sameStart).isLessThan(3);
  }

  @Test
  void aSampleIsAFunctionOfSeedAndNumberAlone() {
    TokenWindows one = new TokenWindows(new Counting(5000), 16, 77);
    TokenWindows other = new TokenWindows(new Counting(5000), 16, 77);
    TokenWindows reseeded = new TokenWindows(new Counting(5000), 16, 78);
    int differing = 0;
    for (long sample = 999; sample >= 0; sample--) {
      int[] window = window(one, sample, 16);
      assertThat(window).isEqualTo(window(other, sample, 16));
      differing += Arrays.equals(window, window(reseeded, sample, 16)) ? 0 : 1;
    }
    assertThat(differing).isGreaterThan(900);
  }

  @Test
  void sequentialWindowsPredictEveryTokenButTheFirstOnce() {
    for (int tokens = 2; tokens < 60; tokens++) {
      TokenWindows windows = TokenWindows.sequential(new Counting(tokens), 8);
      int[] into = new int[20];
      int next = 0;
      for (long i = 0; i < windows.windowsPerEpoch(); i++) {
        int count = windows.read(i, into, 3);
        assertThat(count).isBetween(2, 9);
        assertThat(into[3]).isEqualTo(next);
        next = into[3 + count - 1];
      }
      assertThat(next).isEqualTo(tokens - 1);
    }
  }

  @Test
  void rejectsAStreamWithoutOneWindow() {
    assertThatThrownBy(() -> new TokenWindows(new Counting(64), 64, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the split has 64 tokens and 65 are needed");
    assertThatThrownBy(() -> TokenWindows.sequential(new Counting(1), 64))
        .isInstanceOf(UserException.class);
  }
}
