package io.headwater.driver;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.Word2VecFormat;
import io.headwater.model.embedding.WordVectors;
import io.headwater.model.word2vec.Word2VecCheckpoint;
import java.nio.file.Files;
import java.nio.file.Path;

/** Word vectors from wherever they lie. */
public final class WordVectorSource {
  private WordVectorSource() {}

  /**
   * Reads the vectors of a checkpoint folder or of a word2vec file, which is text if its name ends
   * in {@code .txt} or {@code .vec}, binary if in {@code .bin}.
   *
   * @throws UserException if there is nothing of the kind
   */
  public static WordVectors read(String source) {
    if (source.endsWith(".txt") || source.endsWith(".vec")) {
      return file(Word2VecFormat.TEXT, source);
    } else if (source.endsWith(".bin")) {
      return file(Word2VecFormat.BINARY, source);
    }
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      return Word2VecCheckpoint.vectors(checkpoint);
    }
  }

  private static WordVectors file(Word2VecFormat format, String source) {
    Path file = Path.of(source);
    if (!Files.isRegularFile(file)) {
      throw new UserException("Cannot read word vectors " + source + ": there is no such file");
    }
    return format.read(file);
  }
}
