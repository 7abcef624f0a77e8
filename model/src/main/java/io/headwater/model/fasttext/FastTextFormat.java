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
  private static final int BUFFER = 1 << 18;

  private FastTextFormat() {}

  /** Whether a file begins as these do. */
  public static boolean reads(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      LittleEndianInput head = new LittleEndianInput(in);
      return Files.size(file) >= Integer.BYTES && head.int32() == Arguments.MAGIC;
    } catch (IOException e) {
      throw new UserException("Cannot read " + file + ": " + e, e);
    }
  }

  public static void write(FastTextModel model, Path file) {
    Arguments arguments = arguments(model.settings());
    try (BufferedOutputStream stream =
        new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
      LittleEndianOutput out = new LittleEndianOutput(stream);
      arguments.write(out);
      int words = model.vocabulary().size();
      out.int32(words);
      out.int32(words);
      out.int32(0);
      out.int64(model.vocabulary().total());
      out.int64(-1);
      Binary.entries(model.vocabulary(), "", Binary.WORD, out);
      boolean tree = model.settings().loss() == Loss.HS;
      Binary.matrix(model.matrices().input(), model.matrices().input().count(), 1, out);
      Binary.matrix(model.matrices().output(), words, tree ? -1 : 1, out);
    } catch (IOException e) {
      throw new UserException("Cannot write " + file + ": " + e, e);
    }
  }

  private static Arguments arguments(FastTextSettings settings) {
    return new Arguments(
        settings.dim(),
        settings.window(),
        settings.epochs(),
        minCount(settings),
        settings.negative(),
        1,
        settings.loss() == Loss.HS ? Arguments.HS : Arguments.NS,
        settings.algorithm() == Algorithm.CBOW ? Arguments.CBOW : Arguments.SKIPGRAM,
        settings.subwords(),
        settings.sample());
  }

  private static int minCount(FastTextSettings settings) {
    if (settings.minCount() > Integer.MAX_VALUE) {
      throw new UserException(
          "Cannot write a fastText file: embedding.min-count is %d, and the file has 32 bits for it"
              .formatted(settings.minCount()));
    }
    return (int) settings.minCount();
  }

  /**
   * Reads a file.
   *
   * @throws UserException if it cannot be read, is cut short, quantised or of a classifier
   */
  public static FastTextModel read(Path file) {
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
      LittleEndianInput in = new LittleEndianInput(stream);
      FastTextSettings settings = settings(Arguments.read(in));
      Vocabulary vocabulary = words(in, Files.size(file));
      int inputs = settings.subwords().matrixRows(vocabulary.size());
      Rows input = Binary.matrix(in, inputs, inputs, settings.dim(), 1, Files.size(file));
      boolean tree = settings.loss() == Loss.HS;
      Rows output =
          Binary.matrix(
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

  private static FastTextSettings settings(Arguments arguments) throws IOException {
    int model = arguments.model();
    int loss = arguments.loss();
    Binary.check(
        model == Arguments.CBOW || model == Arguments.SKIPGRAM,
        model == Arguments.SUPERVISED
            ? "it is of a classifier, not of word vectors"
            : "its model is " + model + ", not cbow (1) or sg (2)");
    Binary.check(
        loss == Arguments.HS || loss == Arguments.NS,
        "its loss is " + loss + ", not hs (1) or ns (2)");
    return new FastTextSettings(
        model == Arguments.CBOW ? Algorithm.CBOW : Algorithm.SKIPGRAM,
        loss == Arguments.HS ? Loss.HS : Loss.NS,
        arguments.dim(),
        arguments.window(),
        arguments.epochs(),
        arguments.minCount(),
        arguments.negative(),
        arguments.sample(),
        arguments.subwords());
  }

  private static Vocabulary words(LittleEndianInput in, long most) throws IOException {
    int entries = in.int32();
    int words = in.int32();
    int labels = in.int32();
    in.int64(); // tokens
    long pruned = in.int64();
    Binary.check(labels == 0 && entries == words, "it has " + labels + " labels");
    Binary.check(words > 0 && words < most, "it has " + words + " words");
    Binary.check(pruned < 0, pruned + " of its buckets are left out");
    return Binary.entries(words, "", Binary.WORD, in);
  }
}
