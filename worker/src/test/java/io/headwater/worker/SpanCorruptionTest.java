package io.headwater.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.UserException;
import io.headwater.model.t5.SpanTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SpanCorruptionTest {
  private static final int TEXT_IDS = 1000;
  private static final SpanTokens TOKENS = new SpanTokens(1102, 1000, 1001, 1101);

  @Test
  void inputAndTargetTogetherAreTheTextAgain() {
    SplittableRandom random = new SplittableRandom(1);
    for (int length = 2; length < 300; length++) {
      int[] text = random.ints(length, 0, TEXT_IDS).toArray();
      SpanCorruption.Lengths expected = SpanCorruption.lengths(length);
      int[] input = new int[expected.input()];
      int[] target = new int[expected.target()];
      SpanCorruption.Lengths written =
          new SpanCorruption(TOKENS).corrupt(text, length, random, input, 0, target, 0);
      assertThat(written).isEqualTo(expected);
      assertThat(input[input.length - 1]).isEqualTo(TOKENS.endOfSequence());
      assertThat(target[target.length - 1]).isEqualTo(TOKENS.endOfSequence());
      assertThat(joined(input, target)).isEqualTo(text);
    }
  }

  @Test
  void leavesOutFifteenPercentInSpansOfThree() {
    // The paper's own sizes: 568 tokens become an input of 512 and a target of 114.
    assertThat(SpanCorruption.longestText(512)).isEqualTo(568);
    assertThat(SpanCorruption.lengths(568)).isEqualTo(new SpanCorruption.Lengths(512, 114));
  }

  @Test
  void everyPlaceButTheFirstIsLeftOutAboutAsOften() {
    SplittableRandom random = new SplittableRandom(2);
    int length = 40;
    int draws = 20_000;
    int[] text = new int[length];
    Arrays.setAll(text, i -> i);
    int[] leftOut = new int[length];
    SpanCorruption.Lengths lengths = SpanCorruption.lengths(length);
    int[] input = new int[lengths.input()];
    int[] target = new int[lengths.target()];
    for (int i = 0; i < draws; i++) {
      new SpanCorruption(TOKENS).corrupt(text, length, random, input, 0, target, 0);
      Arrays.stream(target).filter(token -> token < length).forEach(token -> leftOut[token]++);
    }
    assertThat(leftOut[0]).isZero(); // a text begins with a part that stays
    assertThat(Arrays.stream(leftOut).sum() / (double) draws / length)
        .isCloseTo(0.15, within(1e-9));
    assertThat(Arrays.stream(leftOut, 5, 35).min().orElseThrow()).isGreaterThan(draws / 20);
  }

  @Test
  void theSameSeedLeavesOutTheSame() {
    int[] text = new SplittableRandom(3).ints(60, 0, TEXT_IDS).toArray();
    SpanCorruption.Lengths lengths = SpanCorruption.lengths(60);
    List<int[]> inputs = new ArrayList<>();
    for (long seed : new long[] {5, 5, 6}) {
      int[] input = new int[lengths.input()];
      new SpanCorruption(TOKENS)
          .corrupt(text, 60, new SplittableRandom(seed), input, 0, new int[lengths.target()], 0);
      inputs.add(input);
    }
    assertThat(inputs.get(1)).isEqualTo(inputs.get(0));
    assertThat(inputs.get(2)).isNotEqualTo(inputs.get(0));
  }

  @Test
  void refusesSequencesWithMoreSpansThanSentinels() {
    assertThatThrownBy(() -> SpanCorruption.longestText(4096))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("100 sentinels");
    assertThatThrownBy(() -> SpanCorruption.longestText(2)).isInstanceOf(UserException.class);
  }

  /** Puts each span where its sentinel stands. */
  private static int[] joined(int[] input, int[] target) {
    List<Integer> text = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < input.length - 1; i++) {
      if (input[i] < TEXT_IDS) {
        text.add(input[i]);
      } else {
        assertThat(target[next++]).isEqualTo(input[i]);
        while (target[next] < TEXT_IDS) {
          text.add(target[next++]);
        }
      }
    }
    return text.stream().mapToInt(Integer::intValue).toArray();
  }
}
