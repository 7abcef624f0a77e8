package io.headwater.model.embedding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * Whether two sets of target words differ in how near they are to two sets of attribute words: the
 * Word Embedding Association Test (Caliskan et al., Science 356, 2017).
 *
 * <p>The association of a word, s(w), is its mean nearness to the first attributes less that to the
 * second ones. The effect size is the difference of the mean associations of the two targets, in
 * standard deviations (over all target words, n - 1).
 */
public final class WordAssociation {
  /** Partitions up to which all are looked at; of more, as many are drawn. */
  public static final int PARTITIONS = 100_000;

  /**
   * What came of a test.
   *
   * @param effectSize positive if the first targets are nearer to the first attributes
   * @param pValue part of the partitions of all targets into sets of the same sizes whose
   *     associations differ at least as much in this direction; the given one counts
   * @param exact whether all partitions were looked at
   */
  public record Result(double effectSize, double pValue, boolean exact) {}

  private WordAssociation() {}

  /**
   * Tests two sets of at least two words each.
   *
   * @param association s(w)
   * @param seed of the drawn partitions
   */
  public static Result run(
      List<String> first, List<String> second, ToDoubleFunction<String> association, long seed) {
    if (first.size() < 2 || second.size() < 2) {
      throw new IllegalArgumentException(
          "Cannot test " + first.size() + " against " + second.size() + " words: at least 2 each");
    }
    List<String> words = new ArrayList<>(first);
    words.addAll(second);
    double[] scores = words.stream().mapToDouble(association).toArray();
    int size = first.size();
    double difference = difference(scores, identity(size), size);
    double deviation = deviation(scores);
    long partitions = partitions(scores.length, size);
    boolean exact = partitions <= PARTITIONS;
    return new Result(
        deviation == 0 ? 0 : difference / deviation,
        exact ? exact(scores, size, difference) : drawn(scores, size, difference, seed),
        exact);
  }

  /** Mean over the chosen scores less the mean over the others. */
  private static double difference(double[] scores, int[] chosen, int size) {
    double inside = 0;
    for (int i = 0; i < size; i++) {
      inside += scores[chosen[i]];
    }
    double all = Arrays.stream(scores).sum();
    return inside / size - (all - inside) / (scores.length - size);
  }

  private static double deviation(double[] scores) {
    double mean = Arrays.stream(scores).average().orElseThrow();
    double squares = Arrays.stream(scores).map(score -> (score - mean) * (score - mean)).sum();
    return Math.sqrt(squares / (scores.length - 1));
  }

  private static double exact(double[] scores, int size, double observed) {
    int[] chosen = identity(size);
    long all = 0;
    long extreme = 0;
    do {
      all++;
      extreme += isAtLeast(difference(scores, chosen, size), observed) ? 1 : 0;
    } while (next(chosen, scores.length));
    return (double) extreme / all;
  }

  private static double drawn(double[] scores, int size, double observed, long seed) {
    Random random = new Random(seed);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      order.add(i);
    }
    long extreme = 1; // the given partition
    for (int i = 1; i < PARTITIONS; i++) {
      Collections.shuffle(order, random);
      int[] chosen = order.stream().limit(size).mapToInt(Integer::intValue).toArray();
      extreme += isAtLeast(difference(scores, chosen, size), observed) ? 1 : 0;
    }
    return (double) extreme / PARTITIONS;
  }

  // The same partition, added in another order, is as extreme.
  private static boolean isAtLeast(double difference, double observed) {
    return difference >= observed - 1e-12 * Math.max(1, Math.abs(observed));
  }

  /** Next choice in lexicographic order; false after the last. */
  private static boolean next(int[] chosen, int of) {
    int at = chosen.length - 1;
    while (at >= 0 && chosen[at] == of - chosen.length + at) {
      at--;
    }
    if (at < 0) {
      return false;
    }
    chosen[at]++;
    for (int i = at + 1; i < chosen.length; i++) {
      chosen[i] = chosen[i - 1] + 1;
    }
    return true;
  }

  private static int[] identity(int size) {
    int[] chosen = new int[size];
    Arrays.setAll(chosen, i -> i);
    return chosen;
  }

  /** Binomial coefficient, or more than {@link #PARTITIONS} if it is. */
  private static long partitions(int of, int size) {
    long count = 1;
    for (int i = 1; i <= Math.min(size, of - size); i++) {
      count = count * (of - i + 1) / i;
      if (count > PARTITIONS) {
        return count;
      }
    }
    return count;
  }
}
