package io.headwater.finetune.write;

import java.util.Comparator;
import java.util.List;

/**
 * BLEU of a corpus (Papineni et al. 2002), as sacreBLEU computes it by default: tokens of {@code
 * 13a}, case counts, up to four tokens, brevity penalty, and for an order without a match half, a
 * quarter, ... of a match.
 */
final class Bleu {
  private static final int ORDERS = 4;

  private final long[] matched = new long[ORDERS];
  private final long[] total = new long[ORDERS];
  private long length;
  private long referenceLength;

  private Bleu() {}

  /**
   * @param references of each text one or more
   * @return in [0, 100]
   */
  static double of(List<String> written, List<List<String>> references) {
    if (written.size() != references.size()) {
      throw new IllegalArgumentException(
          "Cannot compare " + written.size() + " texts with " + references.size() + " references");
    }
    Bleu corpus = new Bleu();
    for (int i = 0; i < written.size(); i++) {
      corpus.add(
          BleuTokenizer.tokens(written.get(i)),
          references.get(i).stream().map(BleuTokenizer::tokens).toList());
    }
    return corpus.score();
  }

  private void add(List<String> tokens, List<List<String>> references) {
    length += tokens.size();
    referenceLength +=
        references.stream()
            .mapToInt(List::size)
            .boxed()
            .min(
                Comparator.comparingInt((Integer size) -> Math.abs(size - tokens.size()))
                    .thenComparing(Comparator.naturalOrder()))
            .orElseThrow();
    for (int order = 1; order <= ORDERS; order++) {
      NGrams grams = NGrams.of(tokens, order);
      int each = order;
      NGrams most =
          references.stream()
              .map(reference -> NGrams.of(reference, each))
              .reduce(NGrams::most)
              .orElseThrow();
      matched[order - 1] += grams.among(most);
      total[order - 1] += grams.total();
    }
  }

  private double score() {
    return matched[0] == 0 ? 0 : 100 * brevityPenalty() * precision();
  }

  private double brevityPenalty() {
    return length >= referenceLength ? 1 : Math.exp(1 - (double) referenceLength / length);
  }

  /** The geometric mean over the orders. */
  private double precision() {
    double sum = 0;
    double share = 1; // of a match, for an order that has none
    for (int i = 0; i < ORDERS; i++) {
      if (total[i] == 0) {
        return 0; // no text is as long as that
      }
      share = matched[i] == 0 ? share / 2 : share;
      sum += Math.log((matched[i] == 0 ? share : matched[i]) / total[i]);
    }
    return Math.exp(sum / ORDERS);
  }
}
