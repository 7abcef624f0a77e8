package io.headwater.driver.words;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.finetune.words.TextReading;
import io.headwater.model.embedding.CheckpointWords;
import io.headwater.model.embedding.GloveFormat;
import io.headwater.model.embedding.Word2VecFormat;
import io.headwater.model.embedding.WordVectors;
import io.headwater.model.fasttext.ClassifierCheckpoint;
import io.headwater.model.fasttext.ClassifierFormat;
import io.headwater.model.fasttext.ClassifierInput;
import io.headwater.model.fasttext.FastTextCheckpoint;
import io.headwater.model.fasttext.FastTextClassifier;
import io.headwater.model.fasttext.FastTextFormat;
import io.headwater.model.fasttext.FastTextModel;
import io.headwater.model.glove.GloveCheckpoint;
import io.headwater.model.glove.GloveModel;
import io.headwater.model.word2vec.KnownOutputs;
import io.headwater.model.word2vec.Word2VecCheckpoint;
import io.headwater.model.word2vec.Word2VecModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Word vectors from wherever they lie. */
public final class WordVectorSource {
  private WordVectorSource() {}

  /**
   * Reads the vectors of a checkpoint folder or of a file. One whose name ends in {@code .txt} or
   * {@code .vec} is GloVe's or word2vec's text, {@code .bin} is fastText's or word2vec's, whichever
   * it begins like.
   *
   * @throws UserException if there is nothing of the kind
   */
  public static WordVectors read(String source) {
    if (source.endsWith(".txt") || source.endsWith(".vec")) {
      return GloveFormat.reads(file(source))
          ? GloveFormat.read(file(source))
          : Word2VecFormat.TEXT.read(file(source));
    } else if (source.endsWith(".bin")) {
      return FastTextFormat.reads(file(source))
          ? FastTextFormat.read(file(source)).vectors()
          : Word2VecFormat.BINARY.read(file(source));
    }
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      if (FastTextCheckpoint.reads(checkpoint.config())) {
        return FastTextCheckpoint.read(checkpoint).vectors();
      }
      return GloveCheckpoint.reads(checkpoint.config())
          ? GloveCheckpoint.vectors(checkpoint)
          : Word2VecCheckpoint.vectors(checkpoint);
    }
  }

  /**
   * Reads a fastText model of a checkpoint folder or of a {@code .bin} file.
   *
   * @throws UserException if there is nothing of the kind
   */
  public static FastTextModel readFastText(String source) {
    if (source.endsWith(".bin")) {
      return FastTextFormat.read(file(source));
    } else if (isFile(source)) {
      throw new UserException(
          "Cannot read a fastText model of "
              + source
              + ": the file has words alone, without n-grams (must be a checkpoint of fasttext or"
              + " a .bin file of the program)");
    }
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      return FastTextCheckpoint.read(checkpoint);
    }
  }

  /**
   * Reads what a classifier of texts can begin with.
   *
   * @throws UserException if there is nothing of the kind
   */
  public static ClassifierInput readClassifierInput(String source) {
    return isFastText(source)
        ? ClassifierInput.of(readFastText(source))
        : ClassifierInput.of(read(source));
  }

  /** How the words of texts are found, as those of the vectors were. */
  public static TextReading reading(String source) {
    if (isFile(source)) {
      return TextReading.PLAIN;
    }
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      return TextReading.of(checkpoint);
    }
  }

  /** Whether a source is a file or a checkpoint of word vectors. */
  public static boolean isWordVectors(String source) {
    if (isFile(source)) {
      return true;
    }
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      JsonNode config = checkpoint.config();
      return Word2VecCheckpoint.reads(config)
          || FastTextCheckpoint.reads(config)
          || GloveCheckpoint.reads(config);
    }
  }

  /** Whether a source is a classifier made of word vectors, ours or of the program fastText. */
  public static boolean isClassifier(String source) {
    if (isFile(source)) {
      return source.endsWith(".bin") && ClassifierFormat.reads(file(source));
    }
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      return ClassifierCheckpoint.reads(checkpoint.config());
    }
  }

  /**
   * Reads a classifier.
   *
   * @throws UserException if there is nothing of the kind
   */
  public static FastTextClassifier readClassifier(String source) {
    if (isFile(source)) {
      return ClassifierFormat.read(file(source));
    }
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      return ClassifierCheckpoint.read(checkpoint);
    }
  }

  /** Vectors and, where they are there, the rows that predict. */
  record Matrices(WordVectors vectors, Optional<KnownOutputs> outputs) {}

  /**
   * Reads whatever {@link #read} does, and both matrices where there are two.
   *
   * @throws UserException if there is nothing of the kind
   */
  static Matrices readMatrices(String source) {
    if (isFastText(source)) {
      FastTextModel model = readFastText(source);
      return new Matrices(model.vectors(), Optional.of(model.outputs()));
    } else if (isFile(source)) {
      return new Matrices(read(source), Optional.empty());
    }
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      if (!Word2VecCheckpoint.reads(checkpoint.config())) {
        return new Matrices(read(source), Optional.empty());
      }
      Word2VecModel model =
          Word2VecCheckpoint.read(checkpoint, CheckpointWords.vocabulary(checkpoint));
      return new Matrices(
          new WordVectors(model.vocabulary().words(), model.input()),
          Optional.of(
              new KnownOutputs(
                  model.vocabulary(),
                  Word2VecCheckpoint.loss(checkpoint.config()),
                  model.output())));
    }
  }

  /** Reads a GloVe model with its squares; empty if the source is none that has them. */
  static Optional<GloveModel> readGlove(String source) {
    if (isFile(source)) {
      return Optional.empty();
    }
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      return GloveCheckpoint.reads(checkpoint.config())
          ? Optional.of(GloveCheckpoint.read(checkpoint, CheckpointWords.vocabulary(checkpoint)))
          : Optional.empty();
    }
  }

  private static boolean isFastText(String source) {
    if (isFile(source)) {
      return source.endsWith(".bin") && FastTextFormat.reads(file(source));
    }
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      return FastTextCheckpoint.reads(checkpoint.config());
    }
  }

  /** Whether a source is named as files of vectors are. */
  private static boolean isFile(String source) {
    return source.endsWith(".txt") || source.endsWith(".vec") || source.endsWith(".bin");
  }

  private static Path file(String source) {
    Path file = Path.of(source);
    if (!Files.isRegularFile(file)) {
      throw new UserException("Cannot read word vectors " + source + ": there is no such file");
    }
    return file;
  }
}
