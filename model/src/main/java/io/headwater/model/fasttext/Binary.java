package io.headwater.model.fasttext;

import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What files of word vectors and of classifiers have in common: words and matrices. */
final class Binary {
  static final int WORD = 0;
  static final int LABEL = 1;

  private static final int LONGEST_WORD = 10_000;

  private Binary() {}

  static void entries(Vocabulary entries, String prefix, int type, LittleEndianOutput out)
      throws IOException {
    for (int id = 0; id < entries.size(); id++) {
      out.text(prefix + entries.word(id));
      out.int64(entries.count(id));
      out.int8(type);
    }
  }

  static Vocabulary entries(int count, String prefix, int type, LittleEndianInput in)
      throws IOException {
    List<Vocabulary.Count> counts = new ArrayList<>();
    for (int id = 0; id < count; id++) {
      String text = in.text(LONGEST_WORD);
      String name = text.startsWith(prefix) ? text.substring(prefix.length()) : text;
      counts.add(new Vocabulary.Count(name, in.int64()));
      check(in.int8() == type, "'" + text + "' is no " + (type == WORD ? "word" : "label"));
    }
    return Vocabulary.ordered(counts);
  }

  /**
   * Writes a matrix.
   *
   * @param count rows; those past the ones there are become zeros
   * @param factor of all numbers
   */
  static void matrix(Rows rows, long count, float factor, LittleEndianOutput out)
      throws IOException {
    out.int8(0);
    out.int64(count);
    out.int64(rows.width());
    for (long at = 0; at < count; at++) {
      out.floats(at < rows.count() ? times(rows.row(at), factor) : new float[rows.width()]);
    }
  }

  /**
   * Reads a matrix.
   *
   * @param rows that it must have
   * @param kept of these, the first
   * @param most bytes that there can be
   */
  static Rows matrix(LittleEndianInput in, long rows, long kept, int dim, float factor, long most)
      throws IOException {
    check(in.int8() == 0, "it is quantised");
    long count = in.int64();
    long width = in.int64();
    check(
        count == rows && width == dim,
        "a matrix is of " + count + " x " + width + ", not " + rows + " x " + dim);
    check(rows <= most / dim / Float.BYTES, "it is too short for " + rows + " rows of " + dim);
    Rows matrix = new Rows(kept, dim);
    for (long at = 0; at < rows; at++) {
      float[] row = in.floats(dim);
      if (at < kept) {
        matrix.set(at, times(row, factor));
      }
    }
    return matrix;
  }

  private static float[] times(float[] row, float factor) {
    for (int d = 0; d < row.length; d++) {
      row[d] *= factor;
    }
    return row;
  }

  static void check(boolean valid, String why) throws IOException {
    if (!valid) {
      throw new IOException(why);
    }
  }
}
