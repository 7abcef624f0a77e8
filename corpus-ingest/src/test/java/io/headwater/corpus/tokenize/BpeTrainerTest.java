package io.headwater.corpus.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.corpus.tokenize.BpeVocabulary.Merge;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BpeTrainerTest {
  private static BpeVocabulary train(Map<String, Long> words, int vocabularySize) {
    List<byte[]> bytes = new ArrayList<>();
    words.keySet().forEach(word -> bytes.add(word.getBytes(StandardCharsets.UTF_8)));
    long[] counts = words.values().stream().mapToLong(Long::longValue).toArray();
    return BpeTrainer.train(bytes, counts, vocabularySize);
  }

  private static List<String> spellings(BpeVocabulary vocabulary) {
    return vocabulary.merges().stream()
        .map(merge -> new String(vocabulary.tokens()[merge.merged()], StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void mergesThePaperExample() {
    Map<String, Long> words = new LinkedHashMap<>();
    words.put("low", 5L);
    words.put("lower", 2L);
    words.put("newest", 6L);
    words.put("widest", 3L);
    // es 9, est 9, then lo and ow 7 each: the smaller left id wins.
    assertThat(spellings(train(words, 261))).containsExactly("es", "est", "lo", "low");
  }

  @Test
  void countsBeyond32Bits() {
    Map<String, Long> words = new LinkedHashMap<>();
    words.put("ab", 1L << 33);
    words.put("cd", (1L << 32) + 1);
    words.put("ef", 7L);
    assertThat(spellings(train(words, 260))).containsExactly("ab", "cd", "ef");
  }

  @Test
  void stopsWherePairsOccurOnce() {
    BpeVocabulary vocabulary = train(Map.of("abc", 1L), 1000);
    assertThat(vocabulary.merges()).isEmpty();
    assertThat(vocabulary.size()).isEqualTo(257);
    assertThat(vocabulary.endOfText()).isEqualTo(256);
  }

  @Test
  void agreesWithCountingEverythingAnewAtEachStep() {
    Random random = new Random(11);
    for (int round = 0; round < 60; round++) {
      Map<String, Long> words = new LinkedHashMap<>();
      int letters = 1 + random.nextInt(4);
      for (int i = 0; i < 30; i++) {
        String word =
            random
                .ints(1 + random.nextInt(12), 0, letters)
                .mapToObj(letter -> String.valueOf((char) ('a' + letter)))
                .collect(Collectors.joining());
        words.put(word, 1L + random.nextInt(20));
      }
      BpeVocabulary vocabulary = train(words, 300);
      assertThat(vocabulary.merges()).isEqualTo(naive(words, 300));
    }
  }

  @Test
  void theOrderOfTheWordsDoesNotMatter() {
    Random random = new Random(3);
    List<String> words = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      words.add(SampleTexts.random(random, 1 + random.nextInt(8)));
    }
    Map<String, Long> forwards = new LinkedHashMap<>();
    Map<String, Long> backwards = new LinkedHashMap<>();
    for (int i = 0; i < words.size(); i++) {
      forwards.put(words.get(i), (long) words.get(i).hashCode() & 7);
      String other = words.get(words.size() - 1 - i);
      backwards.put(other, (long) other.hashCode() & 7);
    }
    assertThat(train(forwards, 500).merges()).isEqualTo(train(backwards, 500).merges());
  }

  /** Straight from the definition. */
  private static List<Merge> naive(Map<String, Long> words, int vocabularySize) {
    Map<String, Integer> idOf = new HashMap<>();
    for (byte value : ByteLevelAlphabet.inCharacterOrder()) {
      idOf.put(new String(new byte[] {value}, StandardCharsets.ISO_8859_1), idOf.size());
    }
    Map<List<String>, Long> split = new LinkedHashMap<>();
    words.forEach((word, count) -> split.put(Arrays.asList(word.split("")), count));
    List<Merge> merges = new ArrayList<>();
    while (idOf.size() + 1 < vocabularySize) {
      Map<List<String>, Long> pairs = new HashMap<>();
      split.forEach(
          (word, count) -> {
            for (int i = 0; i + 1 < word.size(); i++) {
              pairs.merge(word.subList(i, i + 2), count, Long::sum);
            }
          });
      List<String> best = null;
      for (List<String> pair : pairs.keySet()) {
        if (best == null || isBetter(pair, best, pairs, idOf)) {
          best = pair;
        }
      }
      if (best == null || pairs.get(best) < 2) {
        break;
      }
      List<String> chosen = List.copyOf(best);
      String joined = chosen.get(0) + chosen.get(1);
      idOf.putIfAbsent(joined, idOf.size());
      Merge merge = new Merge(idOf.get(chosen.get(0)), idOf.get(chosen.get(1)), idOf.get(joined));
      if (!merges.contains(merge)) {
        merges.add(merge);
      }
      Map<List<String>, Long> next = new LinkedHashMap<>();
      split.forEach((word, count) -> next.merge(replace(word, chosen), count, Long::sum));
      split.clear();
      split.putAll(next);
    }
    return merges;
  }

  private static boolean isBetter(
      List<String> pair,
      List<String> best,
      Map<List<String>, Long> pairs,
      Map<String, Integer> idOf) {
    int byCount = Long.compare(pairs.get(pair), pairs.get(best));
    int byLeft = Integer.compare(idOf.get(best.get(0)), idOf.get(pair.get(0)));
    int byRight = Integer.compare(idOf.get(best.get(1)), idOf.get(pair.get(1)));
    return byCount > 0 || (byCount == 0 && (byLeft > 0 || (byLeft == 0 && byRight > 0)));
  }

  private static List<String> replace(List<String> word, List<String> pair) {
    List<String> result = new ArrayList<>();
    for (int i = 0; i < word.size(); i++) {
      if (i + 1 < word.size() && word.subList(i, i + 2).equals(pair)) {
        result.add(pair.get(0) + pair.get(1));
        i++;
      } else {
        result.add(word.get(i));
      }
    }
    return result;
  }
}
