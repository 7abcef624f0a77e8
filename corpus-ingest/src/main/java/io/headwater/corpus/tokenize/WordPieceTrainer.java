package io.headwater.corpus.tokenize;

import io.headwater.corpus.tokenize.WordCounter.WordCount;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Trains WordPiece by merging the most frequent pair, as Hugging Face's trainer does; pieces inside
 * a word begin with {@code ##}.
 */
final class WordPieceTrainer {
  static final String INSIDE = "##";

  /** Longer words are unknown to BERT's tokenizer. */
  static final int LONGEST_WORD = 100;

  private WordPieceTrainer() {}

  /**
   * Trains a vocabulary.
   *
   * @param words unique words with their counts, in any order
   * @param vocabularySize the most entries, BERT's special tokens included
   * @return pieces in the order of their ids, special tokens first
   */
  static List<String> train(Collection<WordCount> words, int vocabularySize) {
    List<WordCount> ordered =
        words.stream()
            .filter(each -> each.word().codePointCount(0, each.word().length()) <= LONGEST_WORD)
            .sorted(Comparator.comparing(WordCount::word))
            .toList();
    int free = vocabularySize - WordPieceJson.SPECIAL.size();
    List<String> alphabet = alphabet(ordered, free / 2);
    Map<String, Integer> ids = new HashMap<>();
    alphabet.forEach(piece -> ids.put(piece, ids.size()));
    List<int[]> symbols = new ArrayList<>();
    List<Long> counts = new ArrayList<>();
    for (WordCount each : ordered) {
      List<String> pieces = pieces(each.word());
      if (pieces.stream().allMatch(ids::containsKey)) {
        symbols.add(pieces.stream().mapToInt(ids::get).toArray());
        counts.add(each.count());
      }
    }
    PairMerging merging =
        new PairMerging(
            alphabet,
            symbols,
            counts.stream().mapToLong(Long::longValue).toArray(),
            (left, right) -> left + right.substring(INSIDE.length()));
    merging.run(free);
    List<String> vocabulary = new ArrayList<>(WordPieceJson.SPECIAL);
    vocabulary.addAll(merging.tokens());
    return vocabulary;
  }

  /** The most frequent characters, at the beginning of a word and inside, sorted. */
  private static List<String> alphabet(List<WordCount> words, int most) {
    Map<String, Long> counts = new HashMap<>();
    for (WordCount each : words) {
      pieces(each.word()).forEach(piece -> counts.merge(piece, each.count(), Long::sum));
    }
    Set<String> special = new HashSet<>(WordPieceJson.SPECIAL);
    return counts.entrySet().stream()
        .filter(each -> !special.contains(each.getKey()))
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(most)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private static List<String> pieces(String word) {
    List<String> pieces = new ArrayList<>();
    word.codePoints()
        .forEach(
            character ->
                pieces.add((pieces.isEmpty() ? "" : INSIDE) + Character.toString(character)));
    return pieces;
  }
}
