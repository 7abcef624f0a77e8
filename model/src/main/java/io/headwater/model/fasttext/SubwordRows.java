package io.headwater.model.fasttext;

import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.word2vec.InputRows;
import java.util.Arrays;

/** Of each word its own row, which is its number, and after all words the buckets' rows. */
final class SubwordRows implements InputRows {
  /** The end of a sentence in the original program's files: it has no n-grams. */
  static final String SENTENCE_END = "</s>";

  private final int[][] rows;
  private final int most;

  /**
   * @throws io.headwater.checkpoint.UserException if the rows are more than can be numbered
   */
  SubwordRows(Vocabulary vocabulary, Subwords subwords) {
    subwords.matrixRows(vocabulary.size());
    this.rows = new int[vocabulary.size()][];
    for (int word = 0; word < rows.length; word++) {
      String text = vocabulary.word(word);
      int[] buckets = text.equals(SENTENCE_END) ? new int[0] : subwords.of(text);
      rows[word] = new int[1 + buckets.length];
      rows[word][0] = word;
      for (int n = 0; n < buckets.length; n++) {
        rows[word][n + 1] = rows.length + buckets[n];
      }
    }
    this.most = Arrays.stream(rows).mapToInt(of -> of.length).max().orElse(1);
  }

  @Override
  public int[] of(int word) {
    return rows[word];
  }

  @Override
  public int most() {
    return most;
  }
}
