package io.headwater.model.embedding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/** Words, each with a vector; the order is that of frequency where it is known. */
public final class WordVectors {
  private final List<String> words;
  private final Rows rows;
  private final Map<String, Integer> ids;
  private final UnseenWords unseen;

  /** A word and the cosine of its vector with what was asked for. */
  public record Neighbor(String word, double cosine) {}

  /**
   * Of words that are all there is.
   *
   * @param rows one for each word
   */
  public WordVectors(List<String> words, Rows rows) {
    this(words, rows, word -> Optional.empty());
  }

  /**
   * Of words and a way to others.
   *
   * @param rows one for each word
   */
  public WordVectors(List<String> words, Rows rows, UnseenWords unseen) {
    if (rows.count() != words.size()) {
      throw new IllegalArgumentException(
          "Cannot pair " + words.size() + " words with " + rows.count() + " vectors");
    }
    this.words = List.copyOf(words);
    this.rows = Objects.requireNonNull(rows, "rows");
    this.unseen = Objects.requireNonNull(unseen, "unseen");
    this.ids = new HashMap<>(words.size() * 2);
    for (int id = 0; id < words.size(); id++) {
      ids.putIfAbsent(words.get(id), id);
    }
  }

  public List<String> words() {
    return words;
  }

  public int dim() {
    return rows.width();
  }

  public Rows rows() {
    return rows;
  }

  /** The word's number, or -1. */
  public int id(String word) {
    return ids.getOrDefault(word, -1);
  }

  /** The vector of a word, be it among the words or made for it; empty if there is none. */
  public Optional<float[]> vector(String word) {
    int id = id(word);
    return id >= 0 ? Optional.of(rows.row(id)) : unseen.vector(word);
  }

  /** A copy in which every vector has length 1; a vector of zeros stays. */
  public WordVectors normalized() {
    Rows unit = new Rows(rows.count(), rows.width());
    for (int id = 0; id < words.size(); id++) {
      unit.set(id, normalized(rows.row(id)));
    }
    return new WordVectors(words, unit, word -> unseen.vector(word).map(WordVectors::normalized));
  }

  private static float[] normalized(float[] row) {
    double norm = 0;
    for (float value : row) {
      norm += (double) value * value;
    }
    float factor = norm == 0 ? 0 : (float) (1 / Math.sqrt(norm));
    for (int d = 0; d < row.length; d++) {
      row[d] *= factor;
    }
    return row;
  }

  /**
   * The words whose vectors have the largest product with {@code query}, the largest first. On
   * {@link #normalized()} vectors and a query of length 1 that is the cosine.
   *
   * @param without numbers that do not count
   * @param among only the first words are looked at
   */
  public List<Neighbor> nearest(float[] query, int count, Set<Integer> without, int among) {
    PriorityQueue<Neighbor> best =
        new PriorityQueue<>(Comparator.comparingDouble(Neighbor::cosine));
    for (int id = 0; id < Math.min(among, words.size()); id++) {
      if (without.contains(id)) {
        continue;
      }
      float product = product(id, query);
      if (best.size() < count) {
        best.add(new Neighbor(words.get(id), product));
      } else if (product > best.element().cosine()) {
        best.remove();
        best.add(new Neighbor(words.get(id), product));
      }
    }
    List<Neighbor> ordered = new ArrayList<>(best);
    ordered.sort(Comparator.comparingDouble(Neighbor::cosine).reversed());
    return ordered;
  }

  /** The product of a word's vector with {@code other}. */
  public float product(int id, float[] other) {
    float[] block = rows.block(id);
    int at = rows.offset(id);
    float a = 0;
    float b = 0;
    float c = 0;
    float e = 0;
    int d = 0;
    for (; d + 3 < other.length; d += 4) {
      a += block[at + d] * other[d];
      b += block[at + d + 1] * other[d + 1];
      c += block[at + d + 2] * other[d + 2];
      e += block[at + d + 3] * other[d + 3];
    }
    for (; d < other.length; d++) {
      a += block[at + d] * other[d];
    }
    return a + b + c + e;
  }
}
