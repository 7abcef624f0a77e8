package io.headwater.model.generation;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.IntPredicate;

/** The scores of one row: a token's stands at {@code offset + token}. */
record Ranking(float[] scores, int offset, int vocabulary, IntPredicate allowed) {
  double score(int token) {
    return scores[offset + token];
  }

  /** The best tokens among the allowed ones, the best one first; of equals the lower id. */
  int[] first(int count) {
    PriorityQueue<Long> kept = new PriorityQueue<>(Comparator.reverseOrder());
    for (int token = 0; token < vocabulary; token++) {
      long key = ((long) descending(scores[offset + token]) << 32) | token;
      boolean wanted = kept.size() < count || key < kept.peek();
      if (wanted && allowed.test(token)) {
        kept.add(key);
        if (kept.size() > count) {
          kept.remove();
        }
      }
    }
    return kept.stream().sorted().mapToInt(Long::intValue).toArray();
  }

  /** Logarithm of the sum of all tokens' e to the score. */
  double logSum() {
    double best = Double.NEGATIVE_INFINITY;
    for (int token = 0; token < vocabulary; token++) {
      best = Math.max(best, scores[offset + token]);
    }
    double sum = 0;
    for (int token = 0; token < vocabulary; token++) {
      sum += Math.exp(scores[offset + token] - best);
    }
    return best + Math.log(sum);
  }

  /** An integer that is the smaller the larger the number is. */
  private static int descending(float score) {
    int bits = Float.floatToIntBits(score + 0f); // -0 counts as 0
    return bits >= 0 ? ~bits : bits ^ 0x80000000;
  }
}
