package io.headwater.model.fasttext;

import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordVectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The lower half of a classifier: words and the rows of its input matrix.
 *
 * @param rows (words + buckets, dim)
 */
public record ClassifierInput(Vocabulary words, Subwords subwords, Rows rows) {
  public ClassifierInput {
    if (rows.count() != words.size() + (long) subwords.buckets()) {
      throw new IllegalArgumentException(
          "Cannot pair %d words and %d buckets with %d rows"
              .formatted(words.size(), subwords.buckets(), rows.count()));
    }
  }

  /** Of words, each with a vector. */
  public static ClassifierInput of(WordVectors vectors) {
    List<Vocabulary.Count> counts = new ArrayList<>();
    List<Integer> ids = new ArrayList<>();
    for (int id = 0; id < vectors.words().size(); id++) {
      String word = vectors.words().get(id);
      if (vectors.id(word) == id) { // a file may have a word twice: the first counts
        counts.add(new Vocabulary.Count(word, 1));
        ids.add(id);
      }
    }
    Rows rows = new Rows(ids.size(), vectors.dim());
    for (int id = 0; id < ids.size(); id++) {
      rows.set(id, vectors.rows().row(ids.get(id)));
    }
    return new ClassifierInput(Vocabulary.ordered(counts), new Subwords(0, 0, 0), rows);
  }

  /** Of a fastText model: its rows of words and of character n-grams. */
  public static ClassifierInput of(FastTextModel model) {
    return new ClassifierInput(
        model.vocabulary(), model.settings().subwords(), model.matrices().input());
  }

  /**
   * One whose rows are drawn, as the original program does: uniform in ±1/dim.
   *
   * @param texts whose words it has, and the end of a text
   */
  public static ClassifierInput drawn(
      List<List<String>> texts, int minCount, Subwords subwords, int dim, long seed) {
    Vocabulary words = Vocabulary.of(counts(texts), minCount);
    Rows rows = new Rows(subwords.matrixRows(words.size()), dim);
    draw(rows, 0, new SplittableRandom(seed));
    return new ClassifierInput(words, subwords, rows);
  }

  /**
   * One that also has the other words of texts, and buckets for n-grams of words if asked for, with
   * rows that are drawn.
   *
   * @param buckets if there are none yet
   */
  public ClassifierInput with(List<List<String>> texts, int minCount, int buckets, long seed) {
    List<Vocabulary.Count> counts = new ArrayList<>();
    for (int id = 0; id < words.size(); id++) {
      counts.add(new Vocabulary.Count(words.word(id), words.count(id)));
    }
    counts(texts).stream()
        .filter(count -> count.occurrences() >= minCount && words.id(count.word()) < 0)
        .forEach(counts::add);
    if (subwords.buckets() > 0 && buckets > 0 && buckets != subwords.buckets()) {
      throw new UserException(
          "Cannot use --buckets " + buckets + ": the vectors have " + subwords.buckets());
    }
    int all = subwords.buckets() > 0 ? subwords.buckets() : buckets;
    Subwords grownSubwords = subwords.sharedBy(all);
    Rows grown = new Rows(grownSubwords.matrixRows(counts.size()), rows.width());
    for (int id = 0; id < words.size(); id++) {
      grown.set(id, rows.row(id));
    }
    draw(grown, words.size(), new SplittableRandom(seed));
    for (int bucket = 0; bucket < subwords.buckets(); bucket++) {
      grown.set((long) counts.size() + bucket, rows.row((long) words.size() + bucket));
    }
    return new ClassifierInput(Vocabulary.ordered(counts), grownSubwords, grown);
  }

  private static void draw(Rows rows, long from, SplittableRandom random) {
    float[] row = new float[rows.width()];
    for (long at = from; at < rows.count(); at++) {
      for (int d = 0; d < row.length; d++) {
        row[d] = (float) ((2 * random.nextDouble() - 1) / row.length);
      }
      rows.set(at, row);
    }
  }

  private static List<Vocabulary.Count> counts(List<List<String>> texts) {
    Map<String, Long> counts = new TreeMap<>();
    for (List<String> text : texts) {
      text.forEach(word -> counts.merge(word, 1L, Long::sum));
      counts.merge(SubwordRows.SENTENCE_END, 1L, Long::sum);
    }
    return counts.entrySet().stream()
        .map(count -> new Vocabulary.Count(count.getKey(), count.getValue()))
        .toList();
  }
}
