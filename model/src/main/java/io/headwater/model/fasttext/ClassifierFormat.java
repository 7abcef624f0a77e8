package io.headwater.model.fasttext;

import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/*
 * As FastTextFormat, but model is 3, the entries are words (type 0) and then labels (type 1), whose
 * texts begin with __label__, and the output matrix has a row for each label: with hierarchical
 * softmax the last is unused.
 */
/** The {@code .bin} file of a classifier of the original program, version 12, not quantised. */
public final class ClassifierFormat {
  private static final String PREFIX = "__label__";
  private static final int WINDOW = 5; // which the program's files have, though it has no meaning
  private static final int BUFFER = 1 << 18;

  private ClassifierFormat() {}

  /** Whether a file is one of these. */
  public static boolean reads(Path file) {
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(file))) {
      return FastTextFormat.reads(file)
          && Arguments.read(new LittleEndianInput(stream)).model() == Arguments.SUPERVISED;
    } catch (IOException | IllegalArgumentException e) {
      throw new UserException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Writes a file.
   *
   * @throws UserException if it cannot be written, or a label has a blank, which ends it there
   */
  public static void write(FastTextClassifier model, Path file) {
    for (String label : model.labels().words()) {
      if (label.matches(".*\\s.*")) {
        throw new UserException("Cannot write " + file + ": label '" + label + "' has a blank");
      }
    }
    try (BufferedOutputStream stream =
        new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
      LittleEndianOutput out = new LittleEndianOutput(stream);
      arguments(model.settings()).write(out);
      int words = model.words().size();
      int labels = model.labels().size();
      out.int32(words + labels);
      out.int32(words);
      out.int32(labels);
      out.int64(model.words().total());
      out.int64(-1);
      Binary.entries(model.words(), "", Binary.WORD, out);
      Binary.entries(model.labels(), PREFIX, Binary.LABEL, out);
      Binary.matrix(model.input(), model.input().count(), 1, out);
      Binary.matrix(model.output(), labels, 1, out);
    } catch (IOException e) {
      throw new UserException("Cannot write " + file + ": " + e, e);
    }
  }

  private static Arguments arguments(ClassifierSettings settings) {
    int loss =
        switch (settings.loss()) {
          case SOFTMAX -> Arguments.SOFTMAX;
          case NS -> Arguments.NS;
          case HS -> Arguments.HS;
        };
    return new Arguments(
        settings.dim(),
        WINDOW,
        settings.epochs(),
        settings.minCount(),
        settings.negative(),
        settings.wordNgrams(),
        loss,
        Arguments.SUPERVISED,
        settings.subwords(),
        0);
  }

  /**
   * Reads a file.
   *
   * @throws UserException if it cannot be read, is cut short, quantised or of word vectors
   */
  public static FastTextClassifier read(Path file) {
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
      LittleEndianInput in = new LittleEndianInput(stream);
      ClassifierSettings settings = settings(Arguments.read(in));
      long most = Files.size(file);
      int entries = in.int32();
      int words = in.int32();
      int labels = in.int32();
      in.int64(); // tokens
      long pruned = in.int64();
      Binary.check(pruned < 0, pruned + " of its buckets are left out");
      Binary.check(
          words > 0 && labels > 1 && words < most && entries == words + labels,
          "it has " + words + " words and " + labels + " labels");
      Vocabulary known = Binary.entries(words, "", Binary.WORD, in);
      Vocabulary classes = Binary.entries(labels, PREFIX, Binary.LABEL, in);
      long inputs = words + (long) settings.subwords().buckets();
      Rows input = Binary.matrix(in, inputs, inputs, settings.dim(), 1, most);
      long kept = FastTextClassifier.outputRows(settings.loss(), classes);
      Rows output = Binary.matrix(in, labels, kept, settings.dim(), 1, most);
      return new FastTextClassifier(settings, known, classes, input, output);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static ClassifierSettings settings(Arguments arguments) throws IOException {
    Binary.check(arguments.model() == Arguments.SUPERVISED, "it is of word vectors");
    ClassifierSettings.Loss loss =
        switch (arguments.loss()) {
          case Arguments.SOFTMAX -> ClassifierSettings.Loss.SOFTMAX;
          case Arguments.NS -> ClassifierSettings.Loss.NS;
          case Arguments.HS -> ClassifierSettings.Loss.HS;
          default ->
              throw new IOException(
                  "its loss is " + arguments.loss() + ", not hs (1), ns (2) or softmax (3)");
        };
    return new ClassifierSettings(
        loss,
        arguments.dim(),
        arguments.wordNgrams(),
        arguments.negative(),
        arguments.epochs(),
        arguments.minCount(),
        arguments.subwords());
  }
}
