package io.headwater.corpus.tokenize;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Counts pre-tokens of a partition's documents, as many unique ones as it may hold; the caller
 * drains it and adds up. A word is keyed by its UTF-8 bytes read as ISO 8859-1, one character each.
 */
public final class WordCounter {
  private final int limit;
  private final Gpt2PreTokenizer words = new Gpt2PreTokenizer();
  private Map<String, long[]> counts = new HashMap<>();

  /** How often a word stands in what was counted. */
  public record WordCount(String word, long count) implements Serializable {}

  /** Full once it holds {@code limit} unique words. */
  public WordCounter(int limit) {
    this.limit = limit;
  }

  /** Counts the words of well-formed UTF-8. */
  public void add(byte[] text) {
    words.reset(text, 0, text.length);
    while (words.advance()) {
      int start = words.wordStart();
      int length = words.wordEnd() - start;
      String word = new String(text, start, length, StandardCharsets.ISO_8859_1);
      counts.computeIfAbsent(word, absent -> new long[1])[0]++;
    }
  }

  public boolean isFull() {
    return counts.size() >= limit;
  }

  /** Everything counted since the last time. */
  public Iterator<WordCount> drain() {
    Map<String, long[]> drained = counts;
    counts = new HashMap<>();
    return drained.entrySet().stream()
        .map(each -> new WordCount(each.getKey(), each.getValue()[0]))
        .iterator();
  }
}
