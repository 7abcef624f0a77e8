package io.headwater.model.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.UserException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StrategyTest {
  private static final int END = 0;

  /** Greedily 1 2 2 ..., but 3 then the end is more probable than any text that begins with 1. */
  private static final double[][] TRAP = {
    {1, 0, 0, 0}, {0.2, 0.2, 0.4, 0.2}, {0.1, 0.3, 0.4, 0.2}, {0.9, 0.05, 0.03, 0.02},
  };

  @Test
  void greedyTakesTheMostProbableTokenAndStopsAtTheLimit() {
    double[][] table = {{0.1, 0.5, 0.4}, {0.2, 0.3, 0.5}, {0.4, 0.5, 0.1}};
    assertThat(write(Sampling.greedy(), table, 5, OptionalInt.empty(), 0, 1))
        .containsExactly(new int[] {1, 2, 1, 2, 1}, new int[] {2, 1, 2, 1, 2});
  }

  @Test
  void textsEndAtTheEndOfTextEachInItsTime() {
    double[][] table = {{1, 0, 0, 0}, {1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}};
    assertThat(write(Sampling.greedy(), table, 9, OptionalInt.of(END), 2, 3, 1))
        .containsExactly(new int[] {1}, new int[] {2, 1}, new int[] {});
  }

  @Test
  void drawsByProbabilityAmongTheTopTokens() {
    float[] scores = {9, 2, 1, 2, 0, Float.NEGATIVE_INFINITY};
    SplittableRandom random = new SplittableRandom(1);
    Sampling sampling = new Sampling(1, 3, 1, 0);
    int[] counts = new int[5];
    for (int draw = 0; draw < 20_000; draw++) {
      counts[sampling.choose(new Ranking(scores, 1, 5, token -> true), random)]++;
    }
    // Tokens 0 and 2 score 2 and token 1 scores 1: 1 : 1 : 1 / e; the others are out.
    assertThat(counts[0] / 20_000.0).isCloseTo(1 / (2 + Math.exp(-1)), within(0.015));
    assertThat(counts[2] / 20_000.0).isCloseTo(1 / (2 + Math.exp(-1)), within(0.015));
    assertThat(counts[3] + counts[4]).isZero();
  }

  @Test
  void nucleusIsTheFewestTokensThatAreProbableEnough() {
    double[][] table = {{0.05, 0.15, 0.3, 0.5}};
    assertThat(drawn(new Sampling(1, 0, 0.5, 3), table)).containsExactly(3);
    assertThat(drawn(new Sampling(1, 0, 0.7, 3), table)).containsExactlyInAnyOrder(2, 3);
    assertThat(drawn(new Sampling(1, 0, 0.81, 3), table)).containsExactlyInAnyOrder(1, 2, 3);
    assertThat(drawn(new Sampling(1, 0, 1, 3), table)).containsExactlyInAnyOrder(0, 1, 2, 3);
    // Of the two tokens left, the first is 0.5 of 0.8.
    assertThat(drawn(new Sampling(1, 2, 0.6, 3), table)).containsExactly(3);
  }

  @Test
  void temperatureSharpensAndFlattens() {
    double[][] table = {{0.2, 0.8}};
    assertThat(share(new Sampling(1, 0, 1, 5), table)).isCloseTo(0.2, within(0.02));
    assertThat(share(new Sampling(0.5, 0, 1, 5), table)).isCloseTo(0.04 / 0.68, within(0.02));
    assertThat(share(new Sampling(100, 0, 1, 5), table)).isCloseTo(0.5, within(0.02));
  }

  @Test
  void aTextIsAFunctionOfSeedAndPlaceAndNotOfItsNeighbours() {
    double[][] table = {{0.3, 0.4, 0.3}, {0.1, 0.5, 0.4}, {0.3, 0.3, 0.4}};
    Sampling sampling = new Sampling(1, 0, 1, 8);
    List<int[]> three = write(sampling, table, 30, OptionalInt.of(END), 1, 1, 2);
    assertThat(write(sampling, table, 30, OptionalInt.of(END), 1).get(0)).isEqualTo(three.get(0));
    assertThat(write(sampling, table, 30, OptionalInt.of(END), 2, 1).get(1))
        .isEqualTo(three.get(1));
    assertThat(three.get(0)).isNotEqualTo(three.get(1));
    assertThat(write(new Sampling(1, 0, 1, 9), table, 30, OptionalInt.of(END), 1).get(0))
        .isNotEqualTo(three.get(0));
  }

  @Test
  void tokensThatMayNotFollowAreNeverWritten() {
    double[][] table = {{0.1, 0.2, 0.7}, {0.1, 0.2, 0.7}, {0.1, 0.2, 0.7}};
    Limits.Following noTwice =
        text -> token -> text.length == 0 ? token == 1 : text[text.length - 1] != token;
    Limits limits = new Limits(6, OptionalInt.empty(), noTwice);
    for (Strategy strategy :
        List.of(
            Sampling.greedy(),
            new Sampling(1, 0, 1, 1),
            new Sampling(1, 1, 1, 1),
            new Sampling(1, 0, 0.5, 1),
            new BeamSearch(3, 1))) {
      int[] text = strategy.write(new ChainModel(table, 2), limits).get(0);
      assertThat(text).hasSize(6).startsWith(1);
      for (int i = 1; i < text.length; i++) {
        assertThat(text[i]).isNotEqualTo(text[i - 1]);
      }
    }
    assertThat(Sampling.greedy().write(new ChainModel(table, 2), limits).get(0))
        .containsExactly(1, 2, 1, 2, 1, 2);
  }

  @Test
  void aTextEndsWhereNothingMayFollow() {
    double[][] table = {{0.3, 0.7}, {0.3, 0.7}};
    Limits limits = new Limits(9, OptionalInt.empty(), text -> token -> text.length < 2);
    for (Strategy strategy :
        List.of(Sampling.greedy(), new Sampling(1, 0, 1, 1), new BeamSearch(2, 1))) {
      assertThat(strategy.write(new ChainModel(table, 0), limits).get(0)).hasSize(2);
    }
  }

  @Test
  void oneBeamWithoutAPenaltyIsGreedyUntilTheEndWins() {
    assertThat(write(new BeamSearch(1, 0), TRAP, 4, OptionalInt.empty(), 1).get(0))
        .isEqualTo(write(Sampling.greedy(), TRAP, 4, OptionalInt.empty(), 1).get(0));
  }

  /** 3 END has 0.2 * 0.9 = 0.18; 2 2 END has 0.016; END alone 0.2. */
  @Test
  void lengthPenaltyDecidesBetweenShortAndLikely() {
    assertThat(write(new BeamSearch(3, 0), TRAP, 6, OptionalInt.of(END), 1).get(0)).isEmpty();
    assertThat(write(new BeamSearch(3, 1), TRAP, 6, OptionalInt.of(END), 1).get(0))
        .containsExactly(3);
  }

  @Test
  void wideBeamFindsWhatAnExhaustiveSearchFinds() {
    Random random = new Random(4);
    for (int round = 0; round < 30; round++) {
      double[][] table = randomTable(random, 4);
      double penalty = round % 3 * 0.6;
      int[] found = write(new BeamSearch(300, penalty), table, 5, OptionalInt.of(END), 1, 2).get(1);
      assertThat(found).isEqualTo(exhaustive(table, 2, 5, penalty));
    }
  }

  @Test
  void refusesSettingsOutOfRange() {
    assertThatThrownBy(() -> new Sampling(1, 0, 0, 1))
        .isInstanceOf(UserException.class)
        .hasMessage("Cannot generate with top-p 0.0: must be in (0, 1]");
    assertThatThrownBy(() -> new BeamSearch(0, 1)).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> new Limits(0, OptionalInt.empty())).isInstanceOf(UserException.class);
  }

  private static List<int[]> write(
      Strategy strategy, double[][] table, int tokens, OptionalInt end, int... prompts) {
    return strategy.write(new ChainModel(table, prompts), new Limits(tokens, end));
  }

  private static Set<Integer> drawn(Sampling sampling, double[][] table) {
    Set<Integer> drawn = new HashSet<>();
    SplittableRandom random = new SplittableRandom(2);
    float[] scores = new ChainModel(table(table), 0).logits();
    for (int draw = 0; draw < 500; draw++) {
      drawn.add(sampling.choose(ranking(scores), random));
    }
    return drawn;
  }

  private static double share(Sampling sampling, double[][] table) {
    SplittableRandom random = new SplittableRandom(2);
    float[] scores = new ChainModel(table(table), 0).logits();
    int first = 0;
    for (int draw = 0; draw < 5_000; draw++) {
      first += sampling.choose(ranking(scores), random) == 0 ? 1 : 0;
    }
    return first / 5_000.0;
  }

  /** The first row for every token. */
  private static double[][] table(double[][] row) {
    double[][] table = new double[row[0].length][];
    Arrays.fill(table, row[0]);
    return table;
  }

  private static Ranking ranking(float[] scores) {
    return new Ranking(scores, 0, scores.length, token -> true);
  }

  private static double[][] randomTable(Random random, int vocabulary) {
    double[][] table = new double[vocabulary][vocabulary];
    for (double[] row : table) {
      Arrays.setAll(row, i -> 0.02 + random.nextDouble());
      double sum = Arrays.stream(row).sum();
      Arrays.setAll(row, i -> row[i] / sum);
    }
    return table;
  }

  private static int[] exhaustive(double[][] table, int last, int tokens, double penalty) {
    List<int[]> texts = new ArrayList<>();
    List<Double> scores = new ArrayList<>();
    enumerate(table, last, tokens, penalty, new int[0], 0, texts, scores);
    int best = 0;
    for (int i = 1; i < scores.size(); i++) {
      best = scores.get(i) > scores.get(best) ? i : best;
    }
    return texts.get(best);
  }

  private static void enumerate(
      double[][] table,
      int last,
      int room,
      double penalty,
      int[] text,
      double score,
      List<int[]> texts,
      List<Double> scores) {
    for (int token = 0; token < table.length; token++) {
      double longer = score + Math.log(table[last][token]);
      int[] next = Arrays.copyOf(text, text.length + 1);
      next[text.length] = token;
      if (token == END || room == 1) {
        texts.add(token == END ? text : next);
        scores.add(longer / Math.pow(next.length, penalty));
      } else {
        enumerate(table, token, room - 1, penalty, next, longer, texts, scores);
      }
    }
  }
}
