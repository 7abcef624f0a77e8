package io.headwater.worker;

import io.headwater.corpus.tokenize.MaskingVocabulary;
import java.util.SplittableRandom;

/**
 * Chooses 15% of a sequence's tokens; of the chosen 80% become the mask, 10% any other token, 10%
 * stay (Devlin et al., arXiv:1810.04805). One thread.
 */
final class TokenMasking {
  private static final double CHOSEN = 0.15;
  private static final double MASKED = 0.8;
  private static final double REPLACED = 0.1;

  private final MaskingVocabulary vocabulary;
  private final boolean wholeWords;
  private final int most;
  private final int[] groups; // first place of each group of tokens that are masked together
  private final int[] ends;

  TokenMasking(MaskingVocabulary vocabulary, boolean wholeWords, int contextLength) {
    this.vocabulary = vocabulary;
    this.wholeWords = wholeWords;
    this.most = chosen(contextLength);
    this.groups = new int[contextLength];
    this.ends = new int[contextLength];
  }

  /** P, the most places of a sequence that are chosen. */
  int most() {
    return most;
  }

  /**
   * Masks a sequence in place.
   *
   * @param tokens tokens [from, from + length) are the sequence
   * @param positions places of the chosen, written from {@code at} on
   * @param targets their tokens as they were, written from {@code at} on
   */
  void mask(
      int[] tokens,
      int from,
      int length,
      SplittableRandom random,
      int[] positions,
      int[] targets,
      int at) {
    int count = findGroups(tokens, from, length);
    int candidates = 0;
    for (int group = 0; group < count; group++) {
      candidates += ends[group] - groups[group];
    }
    int wanted = chosen(candidates);
    int chosen = 0;
    for (int group = 0; group < count && chosen < wanted; group++) {
      swap(group, group + random.nextInt(count - group));
      int size = ends[group] - groups[group];
      boolean last = group == count - 1 && chosen == 0;
      if (chosen + size <= wanted || last) { // a longer word is left whole, but never all words
        int end = Math.min(ends[group], groups[group] + wanted - chosen);
        for (int place = groups[group]; place < end; place++) {
          positions[at + chosen] = place;
          targets[at + chosen] = tokens[from + place];
          tokens[from + place] = replacement(tokens[from + place], random);
          chosen++;
        }
      }
    }
  }

  private int replacement(int token, SplittableRandom random) {
    double draw = random.nextDouble();
    if (draw < MASKED) {
      return vocabulary.mask();
    }
    int[] ordinary = vocabulary.ordinary();
    return draw < MASKED + REPLACED ? ordinary[random.nextInt(ordinary.length)] : token;
  }

  private int findGroups(int[] tokens, int from, int length) {
    int count = 0;
    for (int place = 0; place < length; place++) {
      int token = tokens[from + place];
      if (token == vocabulary.classification() || token == vocabulary.separator()) {
        continue;
      }
      boolean joins =
          wholeWords && count > 0 && ends[count - 1] == place && vocabulary.inside()[token];
      if (joins) {
        ends[count - 1]++;
      } else {
        groups[count] = place;
        ends[count] = place + 1;
        count++;
      }
    }
    return count;
  }

  private void swap(int a, int b) {
    int group = groups[a];
    int end = ends[a];
    groups[a] = groups[b];
    ends[a] = ends[b];
    groups[b] = group;
    ends[b] = end;
  }

  private static int chosen(int candidates) {
    return Math.max(1, (int) Math.round(CHOSEN * candidates));
  }
}
