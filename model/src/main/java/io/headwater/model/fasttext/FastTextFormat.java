package io.headwater.model.fasttext;

import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.word2vec.Word2VecConfig.Algorithm;
import io.headwater.model.word2vec.Word2VecConfig.Loss;
import io.headwater.model.word2vec.Word2VecModel;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/*
 * Little-endian, without padding:
 *
 *   i32 magic 793712314, i32 version 12
 *   i32 dim, window, epochs, min count, negative, n-grams of words, loss (1 hs, 2 ns, 3 softmax),
 *       model (1 cbow, 2 skip-gram, 3 supervised), buckets, min n, max n, learning rate updates
 *   f64 sample
 *   i32 entries, words, labels; i64 tokens, pruned buckets (-1 for none were)
 *   per entry: its UTF-8 bytes, 0, i64 count, u8 type (0 word)
 *   u8 is quantised; i64 rows, i64 columns, f32 input matrix, row by row
 *   u8 is quantised; i64 rows, i64 columns, f32 output matrix
 *
 * With hierarchical softmax the output has as many rows as words, the last of them unused, and a
 * row's sign is the other way round: the original's right branch says one, word2vec's zero.
 */
/** The {@code .bin} file of the original program, version 12, of word vectors, not quantised. */
public final class FastTextFormat {
  private static final int MAGIC = 793712314;
  private static final int VERSION = 12;
  private static final int HS = 1;
  private static final int NS = 2;
  private static final int CBOW = 1;
  private static final int SKIPGRAM = 2;
  private static final int LEARNING_RATE_UPDATES = 100;
  private static final int LONGEST_WORD = 10_000;
  private static final int BUFFER = 1 << 18;

  private FastTextFormat() {}

  /** Whether a file begins as these do. */
  public static boolean reads(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      LittleEndianInput head = new LittleEndianInput(in);
      return Files.size(file) >= Integer.BYTES && head.int32() == MAGIC;
    } catch (IOException e) {
      throw new UserException("Cannot read " + file + ": " + e, e);
    }
  }

  public static void write(FastTextModel model, Path file) {
    try (BufferedOutputStream stream =
        new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
      LittleEndianOutput out = new LittleEndianOutput(stream);
      out.int32(MAGIC);
      out.int32(VERSION);
      settings(model.settings(), out);
      words(model.vocabulary(), out);
      boolean tree = model.settings().loss() == Loss.HS;
      matrix(model.matrices().input(), model.matrices().input().count(), 1, out);
      matrix(model.matrices().output(), model.vocabulary().size(), tree ? -1 : 1, out);
    } catch (IOException e) {
      throw new UserException("Cannot write " + file + ": " + e, e);
    }
  }

  private static void settings(FastTextSettings settings, LittleEndianOutput out)
      throws IOException {
    out.int32(settings.dim());
    out.int32(settings.window());
    out.int32(settings.epochs());
    out.int32(settings.minCount());
    out.int32(settings.negative());
    out.int32(1);
    out.int32(settings.loss() == Loss.HS ? HS : NS);
    out.int32(settings.algorithm() == Algorithm.CBOW ? CBOW : SKIPGRAM);
    out.int32(settings.subwords().buckets());
    out.int32(settings.subwords().minN());
    out.int32(settings.subwords().maxN());
    out.int32(LEARNING_RATE_UPDATES);
    out.float64(settings.sample());
  }

  private static void words(Vocabulary vocabulary, LittleEndianOutput out) throws IOException {
    out.int32(vocabulary.size());
    out.int32(vocabulary.size());
    out.int32(0);
    out.int64(vocabulary.total());
    out.int64(-1);
    for (int id = 0; id < vocabulary.size(); id++) {
      out.text(vocabulary.word(id));
      out.int64(vocabulary.count(id));
      out.int8(0);
    }
  }

  /** Rows past those there are become zeros. */
  private static void matrix(Rows rows, long count, float factor, LittleEndianOutput out)
      throws IOException {
    out.int8(0);
    out.int64(count);
    out.int64(rows.width());
    for (long at = 0; at < count; at++) {
      out.floats(at < rows.count() ? times(rows.row(at), factor) : new float[rows.width()]);
    }
  }

  private static float[] times(float[] row, float factor) {
    for (int d = 0; d < row.length; d++) {
      row[d] *= factor;
    }
    return row;
  }

  /**
   * Reads a file.
   *
   * @throws UserException if it cannot be read, is cut short, quantised or of a classifier
   */
  public static FastTextModel read(Path file) {
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
      LittleEndianInput in = new LittleEndianInput(stream);
      check(in.int32() == MAGIC, "it does not begin as fastText's do");
      int version = in.int32();
      check(version == VERSION, "it is of version " + version + ", not " + VERSION);
      FastTextSettings settings = settings(in);
      Vocabulary vocabulary = words(in, Files.size(file));
      long inputs = vocabulary.size() + (long) settings.subwords().buckets();
      Rows input = matrix(in, inputs, inputs, settings.dim(), 1, Files.size(file));
      boolean tree = settings.loss() == Loss.HS;
      Rows output =
          matrix(
              in,
              vocabulary.size(),
              Word2VecModel.outputRows(vocabulary, settings.loss()),
              settings.dim(),
              tree ? -1 : 1,
              Files.size(file));
      return new FastTextModel(settings, new Word2VecModel(vocabulary, input, output));
    } catch (IOException | IllegalArgumentException e) {
      throw new UserException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static FastTextSettings settings(LittleEndianInput in) throws IOException {
    int dim = in.int32();
    int window = in.int32();
    int epochs = in.int32();
    int minCount = in.int32();
    int negative = in.int32();
    in.int32(); // n-grams of words, which only classifiers have
    int loss = in.int32();
    int model = in.int32();
    int buckets = in.int32();
    int minN = in.int32();
    int maxN = in.int32();
    in.int32(); // learning rate updates
    double sample = in.float64();
    check(model == CBOW || model == SKIPGRAM, "its model is " + model + ", not cbow (1) or sg (2)");
    check(loss == HS || loss == NS, "its loss is " + loss + ", not hs (1) or ns (2)");
    return new FastTextSettings(
        model == CBOW ? Algorithm.CBOW : Algorithm.SKIPGRAM,
        loss == HS ? Loss.HS : Loss.NS,
        dim,
        window,
        epochs,
        minCount,
        negative,
        sample,
        new Subwords(minN, maxN, buckets));
  }

  private static Vocabulary words(LittleEndianInput in, long most) throws IOException {
    int entries = in.int32();
    int words = in.int32();
    int labels = in.int32();
    in.int64(); // tokens
    long pruned = in.int64();
    check(labels == 0 && entries == words, "it has " + labels + " labels");
    check(words > 0 && words < most, "it has " + words + " words");
    check(pruned < 0, pruned + " of its buckets are left out");
    List<Vocabulary.Count> counts = new ArrayList<>();
    for (int word = 0; word < words; word++) {
      String text = in.text(LONGEST_WORD);
      counts.add(new Vocabulary.Count(text, in.int64()));
      check(in.int8() == 0, "'" + text + "' is no word");
    }
    return Vocabulary.ordered(counts);
  }

  private static Rows matrix(
      LittleEndianInput in, long rows, long kept, int dim, float factor, long most)
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

  private static void check(boolean valid, String why) throws IOException {
    if (!valid) {
      throw new IOException(why);
    }
  }
}
