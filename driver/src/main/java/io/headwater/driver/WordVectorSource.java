package io.headwater.driver;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.GloveFormat;
import io.headwater.model.embedding.Word2VecFormat;
import io.headwater.model.embedding.WordVectors;
import io.headwater.model.fasttext.FastTextCheckpoint;
import io.headwater.model.fasttext.FastTextFormat;
import io.headwater.model.fasttext.FastTextModel;
import io.headwater.model.glove.GloveCheckpoint;
import io.headwater.model.word2vec.Word2VecCheckpoint;
import java.nio.file.Files;
import java.nio.file.Path;

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
    }
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      return FastTextCheckpoint.read(checkpoint);
    }
  }

  private static Path file(String source) {
    Path file = Path.of(source);
    if (!Files.isRegularFile(file)) {
      throw new UserException("Cannot read word vectors " + source + ": there is no such file");
    }
    return file;
  }
}
