package io.headwater.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.corpus.tokenize.MaskingVocabulary;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenMaskingTest {
  private static final int LENGTH = 102;

  /** Ids 5 to 104; odd ones go on the word before them. */
  private static MaskingVocabulary vocabulary() {
    boolean[] inside = new boolean[105];
    for (int id = 5; id < inside.length; id += 2) {
      inside[id] = true;
    }
    return new MaskingVocabulary(
        2, 3, 4, 0, IntStream.range(5, 105).toArray(), inside, new boolean[105]);
  }

  /** [CLS] 6 7 8 9 ... [SEP]: words of two pieces. */
  private static int[] sequence() {
    int[] tokens = new int[LENGTH];
    tokens[0] = 2;
    for (int i = 1; i < LENGTH - 1; i++) {
      tokens[i] = 6 + (i - 1) % 98;
    }
    tokens[LENGTH - 1] = 3;
    return tokens;
  }

  @Test
  void choosesFifteenPercentAndChangesThemByEightyTenTen() {
    TokenMasking masking = new TokenMasking(vocabulary(), false, LENGTH);
    int masked = 0;
    int kept = 0;
    int all = 0;
    for (int seed = 0; seed < 2000; seed++) {
      int[] tokens = sequence();
      int[] positions = new int[masking.most()];
      int[] targets = new int[masking.most()];
      masking.mask(tokens, 0, LENGTH, new SplittableRandom(seed), positions, targets, 0);
      int[] before = sequence();
      int[] restored = tokens.clone();
      assertThat(Arrays.stream(positions).distinct().count()).isEqualTo(15);
      for (int i = 0; i < positions.length; i++) {
        assertThat(targets[i]).isEqualTo(before[positions[i]]);
        masked += tokens[positions[i]] == 4 ? 1 : 0;
        kept += tokens[positions[i]] == targets[i] ? 1 : 0;
        restored[positions[i]] = targets[i];
        all++;
      }
      assertThat(restored).isEqualTo(before);
    }
    assertThat(masked / (double) all).isCloseTo(0.8, within(0.01));
    assertThat(kept / (double) all).isCloseTo(0.101, within(0.01)); // some draw themselves
  }

  @Test
  void wholeWordsAreMaskedTogether() {
    TokenMasking masking = new TokenMasking(vocabulary(), true, LENGTH);
    for (int seed = 0; seed < 200; seed++) {
      int[] positions = new int[masking.most()];
      int[] targets = new int[masking.most()];
      Arrays.fill(targets, -1);
      masking.mask(sequence(), 0, LENGTH, new SplittableRandom(seed), positions, targets, 0);
      // Fifteen are wanted and words have two pieces: fourteen.
      int[] places = Arrays.stream(positions, 0, 14).sorted().toArray();
      assertThat(targets[14]).isEqualTo(-1);
      for (int i = 0; i < places.length; i += 2) {
        assertThat(places[i] % 2).isEqualTo(1);
        assertThat(places[i + 1]).isEqualTo(places[i] + 1);
      }
    }
  }

  @Test
  void masksSomethingOfTheShortestText() {
    TokenMasking masking = new TokenMasking(vocabulary(), true, LENGTH);
    int[] tokens = {2, 6, 7, 3};
    int[] positions = new int[masking.most()];
    int[] targets = new int[masking.most()];
    Arrays.fill(targets, -1);
    masking.mask(tokens, 0, 4, new SplittableRandom(1), positions, targets, 0);
    assertThat(targets[0]).isEqualTo(6);
    assertThat(positions[0]).isEqualTo(1);
  }
}
