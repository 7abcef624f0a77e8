package io.headwater.model.glove;

import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.TouchedRows;
import io.headwater.model.word2vec.Kernels;

/**
 * Trains on rows that are brought from elsewhere, block by block, with the kernels of {@link
 * GloveTrainer}: no matrix has to be in memory. {@link #block} says which rows a block needs;
 * {@link #train} changes them. The two may be called by a thread each.
 */
public final class GloveBlockTraining {
  private final GloveConfig config;
  private final Kernels kernels;
  private final TouchedRows touchedWords;
  private final TouchedRows touchedContexts;
  private GloveRows rows;
  private double loss;
  private long trained;

  /**
   * @param words of the vocabulary
   */
  public GloveBlockTraining(long words, GloveConfig config, Kernels kernels) {
    this.config = config;
    this.kernels = kernels;
    this.touchedWords = new TouchedRows(words);
    this.touchedContexts = new TouchedRows(words);
    this.rows = rows(1);
  }

  private GloveRows rows(long count) {
    int width = config.dim() + 1;
    return new GloveRows(
        new Rows(count, width),
        new Rows(count, width),
        GloveModel.squares(count, width),
        GloveModel.squares(count, width));
  }

  /**
   * Makes a block of some entries.
   *
   * @param entries two longs each, as those of a {@link Cooccurrence}
   * @param from the first entry
   */
  public GloveBlock block(long[] entries, int from, int count) {
    long[] numbered = new long[count * Cooccurrence.LONGS];
    for (int e = 0, at = from * Cooccurrence.LONGS; e < numbered.length; e += Cooccurrence.LONGS) {
      long pair = entries[at++];
      int word = touchedWords.place((int) (pair >>> 32));
      int context = touchedContexts.place((int) pair);
      numbered[e] = ((long) word << 32) | context;
      numbered[e + 1] = entries[at++];
    }
    return new GloveBlock(
        GloveTables.rows(touchedWords.take()), GloveTables.rows(touchedContexts.take()), numbered);
  }

  /**
   * Trains.
   *
   * @param wordRows the rows of {@link GloveBlock#wordRows}, row by row; overwritten with the new
   *     ones
   * @param contextRows the rows of {@link GloveBlock#contextRows} likewise
   */
  public void train(GloveBlock block, float[] wordRows, float[] contextRows) {
    int words = block.wordRows().length / 2;
    int contexts = block.contextRows().length / 2;
    int most = Math.max(words, contexts);
    if (rows.word().count() < most) {
      rows = rows(most + most / 4 + 1L);
    }
    fill(wordRows, words, rows.word(), rows.wordSquares());
    fill(contextRows, contexts, rows.context(), rows.contextSquares());
    loss += rows.kernel(kernels, config).steps(block.entries(), 0, block.size());
    trained += block.size();
    empty(rows.word(), rows.wordSquares(), words, wordRows);
    empty(rows.context(), rows.contextSquares(), contexts, contextRows);
  }

  private static void fill(float[] from, int words, Rows weights, Rows squares) {
    int width = weights.width();
    for (int word = 0; word < words; word++) {
      int at = word * 2 * width;
      weights.write((long) word * width, from, at, width);
      squares.write((long) word * width, from, at + width, width);
    }
  }

  private static void empty(Rows weights, Rows squares, int words, float[] into) {
    int width = weights.width();
    for (int word = 0; word < words; word++) {
      int at = word * 2 * width;
      weights.read((long) word * width, into, at, width);
      squares.read((long) word * width, into, at + width, width);
    }
  }

  /** Mean loss of the entries since the last call, each before its step; NaN if there were none. */
  public double takeLoss() {
    double mean = trained == 0 ? Double.NaN : loss / trained;
    loss = 0;
    trained = 0;
    return mean;
  }
}
