package io.headwater.finetune.write;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts of the sequences of some tokens of a text. */
record NGrams(Map<List<String>, Integer> counts) {
  static NGrams of(List<String> tokens, int order) {
    Map<List<String>, Integer> counts = new HashMap<>();
    for (int from = 0; from + order <= tokens.size(); from++) {
      counts.merge(tokens.subList(from, from + order), 1, Integer::sum);
    }
    return new NGrams(counts);
  }

  int total() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Each as often as in the one that has more of it. */
  NGrams most(NGrams other) {
    Map<List<String>, Integer> most = new HashMap<>(counts);
    other.counts.forEach((gram, count) -> most.merge(gram, count, Math::max));
    return new NGrams(most);
  }

  /** How many are among another text's too, each at most as often as there. */
  int among(NGrams other) {
    return counts.entrySet().stream()
        .mapToInt(entry -> Math.min(entry.getValue(), other.counts.getOrDefault(entry.getKey(), 0)))
        .sum();
  }
}
