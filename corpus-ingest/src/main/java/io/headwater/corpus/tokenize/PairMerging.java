package io.headwater.corpus.tokenize;

import io.headwater.corpus.tokenize.BpeVocabulary.Merge;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.BinaryOperator;

/*
 * Byte-pair encoding (Sennrich et al., arXiv:1508.07909), trained exactly: each step merges the pair
 * of adjacent symbols that is most frequent over the whole corpus.
 *
 * It sees unique words with their counts, never the text, so time and memory follow the vocabulary
 * of the corpus and not its size. Counts are 64 bits wide: 32 overflow at some tens of gigabytes
 * of text, and then the wrong pairs win in silence.
 *
 * The counts of all pairs are kept up to date. A merge rewrites only the words that hold the pair,
 * found through a list kept for each pair. Those lists are added to, never taken from: a word that
 * has lost the pair since is skipped. A queue holds pairs by count; a count that has fallen since it
 * was queued is queued anew when it comes up, which suffices because a pair's count never rises
 * after the step that made its newer symbol.
 *
 * Ties go to the pair with the smaller left id, then the smaller right id, as in Hugging Face's
 * trainer, so that the result is a function of the counts alone. Two pairs that spell the same bytes
 * make one token by two merges; a pair that comes up again after its merge is merged again, as the
 * encoder would, but not listed twice.
 */
final class PairMerging {
  /** A pair seen once teaches nothing about the next text. */
  private static final long SMALLEST_COUNT = 2;

  private final List<String> tokens = new ArrayList<>();
  private final Map<String, Integer> idBySpelling = new HashMap<>();
  private final Set<Merge> merges = new LinkedHashSet<>();
  private final List<int[]> words;
  private final BinaryOperator<String> join;
  private final long[] counts;
  private final Map<Long, Pair> pairs = new HashMap<>();
  private final PriorityQueue<Candidate> queue = new PriorityQueue<>();

  private record Candidate(long count, long pair) implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate other) {
      int byCount = Long.compare(other.count, count);
      return byCount != 0 ? byCount : Long.compare(pair, other.pair);
    }
  }

  private static final class Pair {
    long count;
    int lastWord = -1;
    final Ids words = new Ids(0);

    void in(int word) {
      if (word != lastWord) {
        words.add(word);
        lastWord = word;
      }
    }
  }

  /**
   * @param alphabet what the first ids spell
   * @param words unique words as ids of the alphabet, in any order; taken over
   * @param counts how often each word stands in the corpus
   * @param join spells a merged pair
   */
  PairMerging(
      List<String> alphabet, List<int[]> words, long[] counts, BinaryOperator<String> join) {
    alphabet.forEach(this::tokenOf);
    this.words = words;
    this.counts = counts;
    this.join = join;
  }

  /**
   * Merges until there are so many tokens, or no pair is left that occurs twice.
   *
   * @return the merges in order
   */
  Set<Merge> run(int mostTokens) {
    for (int word = 0; word < words.size(); word++) {
      count(word, counts[word], true);
    }
    pairs.forEach((pair, state) -> queue.add(new Candidate(state.count, pair)));
    while (tokens.size() < mostTokens) {
      Candidate best = nextBest();
      if (best == null || best.count < SMALLEST_COUNT) {
        break;
      }
      merge(best.pair);
    }
    return merges;
  }

  /** The spelling of each id: the alphabet, then what merges made. */
  List<String> tokens() {
    return tokens;
  }

  private Candidate nextBest() {
    while (!queue.isEmpty()) {
      Candidate candidate = queue.poll();
      Pair state = pairs.get(candidate.pair);
      if (state != null && state.count == candidate.count) {
        return candidate;
      }
      if (state != null && state.count > 0) {
        queue.add(new Candidate(state.count, candidate.pair));
      }
    }
    return null;
  }

  private void merge(long pair) {
    int left = (int) (pair >>> 32);
    int right = (int) pair;
    int merged = tokenOf(join.apply(tokens.get(left), tokens.get(right)));
    merges.add(new Merge(left, right, merged));
    Map<Long, Pair> made = new HashMap<>();
    for (int word : pairs.get(pair).words.toArray()) {
      int[] symbols = words.get(word);
      int[] shorter = replace(symbols, left, right, merged);
      if (shorter != symbols) {
        count(word, -counts[word], false);
        words.set(word, shorter);
        countMerged(word, merged, made);
      }
    }
    pairs.remove(pair);
    made.remove(pair);
    made.forEach((key, state) -> queue.add(new Candidate(state.count, key)));
  }

  private int tokenOf(String spelling) {
    return idBySpelling.computeIfAbsent(
        spelling,
        absent -> {
          tokens.add(spelling);
          return tokens.size() - 1;
        });
  }

  private void count(int word, long by, boolean remember) {
    int[] symbols = words.get(word);
    for (int i = 0; i + 1 < symbols.length; i++) {
      Pair pair = pairs.computeIfAbsent(key(symbols[i], symbols[i + 1]), key -> new Pair());
      pair.count += by;
      if (remember) {
        pair.in(word);
      }
    }
  }

  /** Counts a word anew; only the pairs of the new symbol are new to it. */
  private void countMerged(int word, int merged, Map<Long, Pair> made) {
    int[] symbols = words.get(word);
    for (int i = 0; i + 1 < symbols.length; i++) {
      long key = key(symbols[i], symbols[i + 1]);
      Pair pair = pairs.computeIfAbsent(key, absent -> new Pair());
      pair.count += counts[word];
      if (symbols[i] == merged || symbols[i + 1] == merged) {
        pair.in(word);
        made.put(key, pair);
      }
    }
  }

  private static long key(int left, int right) {
    return (long) left << 32 | right;
  }

  /** The symbols with each pair replaced, from the left; the same array when there is none. */
  private static int[] replace(int[] symbols, int left, int right, int merged) {
    int found = 0;
    int[] result = symbols;
    for (int i = 0; i < symbols.length; i++) {
      boolean here = i + 1 < symbols.length && symbols[i] == left && symbols[i + 1] == right;
      if (here && found == 0) {
        result = symbols.clone();
      }
      if (found > 0 || here) {
        result[i - found] = here ? merged : symbols[i];
      }
      if (here) {
        found++;
        i++;
      }
    }
    return found == 0 ? symbols : Arrays.copyOf(result, symbols.length - found);
  }
}
