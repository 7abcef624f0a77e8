package io.headwater.model.generation;

import io.headwater.checkpoint.UserException;
import io.headwater.model.Decoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Draws each token by its probability among the most probable ones. A text depends on its prompt,
 * the seed and its place among the prompts, and not on what is written beside it.
 *
 * @param temperature divides the scores: 0 takes the most probable token
 * @param topK most probable tokens to draw from; 0 = all
 * @param topP to draw from the fewest most probable tokens that together are at least this probable
 *     (nucleus sampling, Holtzman et al., arXiv:1904.09751); 1 = all
 * @param seed of the draws
 */
public record Sampling(double temperature, int topK, double topP, long seed) implements Strategy {
  private static final long STRIDE = 0x9E3779B97F4A7C15L; // between the seeds of texts

  public Sampling {
    check("temperature", temperature, temperature >= 0 && temperature <= 100, "in [0, 100]");
    check("top-k", topK, topK >= 0, ">= 0");
    check("top-p", topP, topP > 0 && topP <= 1, "in (0, 1]");
  }

  /** Always the most probable token. */
  public static Sampling greedy() {
    return new Sampling(0, 0, 1, 0);
  }

  /** A text under way. */
  private static final class Draft {
    private final SplittableRandom random;
    private int[] tokens = {};

    Draft(long seed) {
      random = new SplittableRandom(seed);
    }

    void append(int token) {
      tokens = Arrays.copyOf(tokens, tokens.length + 1);
      tokens[tokens.length - 1] = token;
    }
  }

  @Override
  public List<int[]> write(Decoding decoding, Limits limits) {
    List<Draft> drafts =
        IntStream.range(0, decoding.rows()).mapToObj(i -> new Draft(seed + i * STRIDE)).toList();
    List<Draft> live = drafts; // in the decoding's rows
    while (!live.isEmpty()) {
      int[] unfinished = extend(live, decoding, limits);
      List<Draft> before = live;
      live = Arrays.stream(unfinished).mapToObj(before::get).toList();
      if (!live.isEmpty()) {
        decoding.advance(
            unfinished,
            live.stream().mapToInt(draft -> draft.tokens[draft.tokens.length - 1]).toArray());
      }
    }
    return drafts.stream().map(draft -> draft.tokens).toList();
  }

  /** Adds a token to each draft, and returns the rows of those that go on. */
  private int[] extend(List<Draft> live, Decoding decoding, Limits limits) {
    int vocabulary = decoding.logits().length / live.size();
    List<Integer> unfinished = new ArrayList<>();
    for (int row = 0; row < live.size(); row++) {
      Draft draft = live.get(row);
      Ranking ranking =
          new Ranking(
              decoding.logits(),
              row * vocabulary,
              vocabulary,
              limits.following().after(draft.tokens));
      int token = choose(ranking, draft.random);
      if (token >= 0 && !limits.ends(token)) {
        draft.append(token);
        if (draft.tokens.length < limits.tokens()) {
          unfinished.add(row);
        }
      }
    }
    return unfinished.stream().mapToInt(Integer::intValue).toArray();
  }

  /** A token of a row; -1 if none may follow. */
  int choose(Ranking ranking, SplittableRandom random) {
    int[] candidates = candidates(ranking);
    if (candidates.length <= 1) {
      return candidates.length == 0 ? -1 : candidates[0];
    }
    double[] cumulative = cumulative(ranking, candidates);
    double reach = reach(cumulative);
    double drawn = random.nextDouble() * reach;
    int chosen = 0;
    while (cumulative[chosen] <= drawn && cumulative[chosen] < reach) {
      chosen++;
    }
    return candidates[chosen];
  }

  private int[] candidates(Ranking ranking) {
    if (temperature == 0) {
      return ranking.first(1);
    }
    return topK == 0 && topP == 1
        ? IntStream.range(0, ranking.vocabulary()).filter(ranking.allowed()).toArray()
        : ranking.first(topK == 0 ? ranking.vocabulary() : topK);
  }

  /** Sums of the candidates' unnormalised probabilities, from the first to each. */
  private double[] cumulative(Ranking ranking, int[] candidates) {
    double best = Arrays.stream(candidates).mapToDouble(ranking::score).max().orElseThrow();
    double[] cumulative = new double[candidates.length];
    double sum = 0;
    for (int i = 0; i < candidates.length; i++) {
      sum += Math.exp((ranking.score(candidates[i]) - best) / temperature);
      cumulative[i] = sum;
    }
    return cumulative;
  }

  /** The sum up to the last token of the nucleus. */
  private double reach(double[] cumulative) {
    double all = cumulative[cumulative.length - 1];
    return topP == 1
        ? all
        : Arrays.stream(cumulative).filter(sum -> sum >= topP * all).findFirst().orElse(all);
  }

  private static void check(String name, Object value, boolean valid, String range) {
    if (!valid) {
      throw new UserException("Cannot generate with " + name + " " + value + ": must be " + range);
    }
  }
}
