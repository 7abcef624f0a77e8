package io.headwater.corpus.tokenize;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Counts pre-tokens of a partition's documents, as many unique ones as it may hold; the caller
 * drains it and adds up.
 */
public final class WordCounter {
  private final int limit;
  private final WordSplitter words;
  private Map<String, long[]> counts = new HashMap<>();

  /** How often a word stands in what was counted. */
  public record WordCount(String word, long count) implements Serializable {}

  /** Full once it holds {@code limit} unique words. */
  private WordCounter(int limit, WordSplitter words) {
    this.limit = limit;
    this.words = words;
  }

  /**
   * Words as GPT-2 splits them, each keyed by its UTF-8 bytes read as ISO 8859-1, one character
   * each.
   *
   * @param limit unique words that it may hold
   */
  public static WordCounter ofBytes(int limit) {
    Gpt2PreTokenizer splitter = new Gpt2PreTokenizer();
    return new WordCounter(
        limit,
        (text, each) -> {
          splitter.reset(text, 0, text.length);
          while (splitter.advance()) {
            int start = splitter.wordStart();
            int length = splitter.wordEnd() - start;
            each.accept(new String(text, start, length, StandardCharsets.ISO_8859_1));
          }
        });
  }

  /** Words as BERT splits them, each keyed by itself. */
  public static WordCounter ofCharacters(int limit, WordPieceCase letters) {
    BertPreTokenizer splitter = new BertPreTokenizer(letters);
    return new WordCounter(
        limit, (text, each) -> splitter.split(new String(text, StandardCharsets.UTF_8), each));
  }

  /** Cuts well-formed UTF-8 into words. */
  private interface WordSplitter {
    void split(byte[] text, Consumer<String> each);
  }

  /** Counts the words of well-formed UTF-8. */
  public void add(byte[] text) {
    words.split(text, word -> counts.computeIfAbsent(word, absent -> new long[1])[0]++);
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
