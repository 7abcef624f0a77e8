package io.headwater.model.word2vec;

import java.util.List;

/**
 * What an epoch did.
 *
 * @param words read, those left out included
 * @param centres words that were predicted or predicted others
 * @param loss mean over sampled pairs of an input and an output of the logistic loss, nats, before
 *     the pair's update; NaN if there was none
 * @param pairs over which the loss was taken
 */
public record EpochResult(long words, long centres, double loss, long pairs) {
  static EpochResult sum(List<EpochResult> parts) {
    long pairs = parts.stream().mapToLong(EpochResult::pairs).sum();
    double loss =
        parts.stream()
            .filter(part -> part.pairs() > 0)
            .mapToDouble(part -> part.loss() * part.pairs())
            .sum();
    return new EpochResult(
        parts.stream().mapToLong(EpochResult::words).sum(),
        parts.stream().mapToLong(EpochResult::centres).sum(),
        pairs == 0 ? Double.NaN : loss / pairs,
        pairs);
  }
}
