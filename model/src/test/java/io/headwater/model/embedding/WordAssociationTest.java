package io.headwater.model.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headwater.model.embedding.WordAssociation.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WordAssociationTest {
  private static final List<String> FLOWERS = List.of("aster", "tulip", "lily");
  private static final List<String> INSECTS = List.of("ant", "flea", "gnat");

  @Test
  void twoSetsThatDoNotOverlapAreTheMostExtremeOfTwentyPartitions() {
    Map<String, Double> scores =
        Map.of("aster", 3.0, "tulip", 4.0, "lily", 5.0, "ant", -1.0, "flea", 0.0, "gnat", 1.0);
    Result result = WordAssociation.run(FLOWERS, INSECTS, scores::get, 1);
    // means 4 and 0; squares of the differences to the mean of 2: 1 + 4 + 9 + 9 + 4 + 1 = 28
    assertThat(result.effectSize()).isCloseTo(4 / Math.sqrt(28 / 5.0), within(1e-12));
    assertThat(result.pValue()).isEqualTo(1 / 20.0);
    assertThat(result.exact()).isTrue();
    Result reversed = WordAssociation.run(INSECTS, FLOWERS, scores::get, 1);
    assertThat(reversed.effectSize()).isCloseTo(-result.effectSize(), within(1e-12));
    assertThat(reversed.pValue()).isEqualTo(1);
  }

  @Test
  void wordsThatAreAllAlikeShowNothing() {
    Result result = WordAssociation.run(FLOWERS, INSECTS, word -> 0.25, 1);
    assertThat(result.effectSize()).isZero();
    assertThat(result.pValue()).isEqualTo(1);
  }

  @Test
  void allPartitionsAreThoseOfEveryBitMask() {
    Random random = new Random(7);
    for (int trial = 0; trial < 20; trial++) {
      int size = 2 + random.nextInt(4);
      int other = 2 + random.nextInt(5);
      Map<String, Double> scores = new HashMap<>();
      List<String> first = words("x", size, scores, random);
      List<String> second = words("y", other, scores, random);
      Result result = WordAssociation.run(first, second, scores::get, 1);
      assertThat(result.pValue()).isCloseTo(byBitMasks(first, second, scores), within(1e-12));
    }
  }

  @Test
  void drawnPartitionsComeNearTheExactValueAndAreTheSameBySeed() {
    Random random = new Random(11);
    Map<String, Double> scores = new HashMap<>();
    List<String> first = words("x", 10, scores, random); // 184,756 partitions
    List<String> second = words("y", 10, scores, random);
    Result result = WordAssociation.run(first, second, scores::get, 5);
    assertThat(result.exact()).isFalse();
    assertThat(result.pValue()).isCloseTo(byBitMasks(first, second, scores), within(0.01));
    assertThat(WordAssociation.run(first, second, scores::get, 5)).isEqualTo(result);
  }

  @Test
  void refusesASetOfOneWord() {
    assertThatThrownBy(() -> WordAssociation.run(List.of("a"), INSECTS, word -> 1, 1))
        .hasMessageContaining("at least 2 each");
  }

  private static List<String> words(
      String name, int count, Map<String, Double> scores, Random random) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      words.add(name + i);
      scores.put(name + i, random.nextGaussian() + (name.equals("x") ? 0.3 : 0));
    }
    return words;
  }

  private static double byBitMasks(
      List<String> first, List<String> second, Map<String, Double> scores) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    double observed = difference(all, scores, (1 << first.size()) - 1);
    int partitions = 0;
    int extreme = 0;
    for (int mask = 0; mask < 1 << all.size(); mask++) {
      if (Integer.bitCount(mask) == first.size()) {
        partitions++;
        extreme += difference(all, scores, mask) >= observed - 1e-9 ? 1 : 0;
      }
    }
    return (double) extreme / partitions;
  }

  private static double difference(List<String> all, Map<String, Double> scores, int mask) {
    double[] sums = new double[2];
    for (int i = 0; i < all.size(); i++) {
      sums[mask >> i & 1] += scores.get(all.get(i));
    }
    int chosen = Integer.bitCount(mask);
    return sums[1] / chosen - sums[0] / (all.size() - chosen);
  }
}
