package io.headwater.model.glove;

import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.TensorLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A GloVe model as two tables, of words and of contexts: row 2 i holds the weights of word i and
 * its bias, row 2 i + 1 the squares of AdaGrad of both, (2 words, dim + 1). Squares are sums, as
 * weights are sums of steps: what several workers add to a row is added up.
 *
 * <p>All that is given out here is to be read from the first element to the last.
 */
public final class GloveTables {
  /** The rows of both tables; those of the words are to be read first. */
  public record Both(BlockSource words, BlockSource contexts) {}

  private static final int STRETCH = 1 << 16;

  private final long words;
  private final int width; // of weights and bias

  /**
   * @param words of the vocabulary
   */
  public GloveTables(long words, int dim) {
    this.words = words;
    this.width = dim + 1;
  }

  /** Of a table. */
  public long rows() {
    return 2 * words;
  }

  /** Of a table. */
  public int columns() {
    return width;
  }

  /** The rows of some words. */
  static long[] rows(long[] words) {
    long[] rows = new long[2 * words.length];
    for (int i = 0; i < words.length; i++) {
      rows[2 * i] = 2 * words[i];
      rows[2 * i + 1] = 2 * words[i] + 1;
    }
    return rows;
  }

  /** A new model, with the bits of {@link GloveModel#initial}. */
  public Both initial(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return new Both(drawn(random), drawn(random));
  }

  private BlockSource drawn(SplittableRandom random) {
    float[] weights = new float[width];
    return new RowByRow(
        2 * width,
        (word, into) -> {
          GloveModel.draw(weights, random);
          System.arraycopy(weights, 0, into, 0, width);
          Arrays.fill(into, width, into.length, 1);
        });
  }

  /** The model of a checkpoint. */
  public Both of(Checkpoint checkpoint) {
    BlockSource weights = checkpoint::readWeights;
    BlockSource squares =
        (from, into, offset, count) ->
            checkpoint.readOptimizerState(GloveCheckpoint.SQUARES, from, into, offset, count);
    return new Both(
        inTurn(part(weights, 0), part(squares, 0)),
        inTurn(part(weights, words * width), part(squares, words * width)));
  }

  private BlockSource inTurn(BlockSource weights, BlockSource squares) {
    return new RowByRow(
        2 * width,
        (word, into) -> {
          weights.read(word * width, into, 0, width);
          squares.read(word * width, into, width, width);
        });
  }

  /** One of the matrices, read in long stretches. */
  private BlockSource part(BlockSource both, long begin) {
    long elements = words * width;
    return new RowByRow(
        STRETCH,
        (stretch, into) -> {
          long from = stretch * STRETCH;
          both.read(begin + from, into, 0, (int) Math.min(STRETCH, elements - from));
        });
  }

  /** Of the checkpoint that a run in one process writes. */
  public TensorLayout layout() {
    return GloveCheckpoint.layout(words, width - 1);
  }

  /** The checkpoint's flat vector. */
  public BlockSource weights(Both tables) {
    return everyOther(tables, 0);
  }

  /** By name, of the same layout. */
  public Map<String, BlockSource> optimizerState(Both tables) {
    return Map.of(GloveCheckpoint.SQUARES, everyOther(tables, 1));
  }

  /** One of the two rows of each word. */
  private BlockSource everyOther(Both tables, int first) {
    return everyOther(tables.words(), first)
        .followedBy(everyOther(tables.contexts(), first), words * width);
  }

  private BlockSource everyOther(BlockSource table, int first) {
    float[] both = new float[2 * width];
    return new RowByRow(
        width,
        (word, into) -> {
          table.read(word * both.length, both, 0, both.length);
          System.arraycopy(both, first * width, into, 0, width);
        });
  }
}
