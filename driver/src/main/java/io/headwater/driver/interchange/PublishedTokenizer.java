package io.headwater.driver.interchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.headwater.checkpoint.PublishedFolder;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.tokenize.PublishedVocabulary;
import io.headwater.corpus.tokenize.Tokenizer;
import java.io.IOException;
import java.util.Optional;

/**
 * A published folder's tokenizer.
 *
 * @param source the files it was read from
 * @param json the bytes of its {@code tokenizer.json}
 */
record PublishedTokenizer(String source, byte[] json) {
  private static final String JSON = "tokenizer.json";
  private static final String SETTINGS = "tokenizer_config.json";

  /**
   * Of {@code tokenizer.json}, {@code vocab.txt} or {@code vocab.json} and {@code merges.txt}, the
   * first that is there.
   *
   * @throws UserException if none is, or it does not fit the model's vocabulary
   */
  static PublishedTokenizer of(PublishedFolder folder) {
    PublishedTokenizer tokenizer =
        folder
            .file(JSON)
            .map(json -> new PublishedTokenizer(JSON, json))
            .or(() -> wordPiece(folder))
            .or(() -> bytePairs(folder))
            .orElseThrow(
                () ->
                    new UserException(
                        "Cannot import "
                            + folder.directory()
                            + ": it has no tokenizer (tokenizer.json, vocab.txt, or vocab.json"
                            + " and merges.txt)"));
    tokenizer.checkFits(folder);
    return tokenizer;
  }

  private static Optional<PublishedTokenizer> wordPiece(PublishedFolder folder) {
    return folder
        .file("vocab.txt")
        .map(
            vocabulary ->
                new PublishedTokenizer(
                    "vocab.txt", PublishedVocabulary.wordPiece(vocabulary, settings(folder))));
  }

  private static Optional<PublishedTokenizer> bytePairs(PublishedFolder folder) {
    return folder
        .file("vocab.json")
        .flatMap(
            vocabulary ->
                folder
                    .file("merges.txt")
                    .map(merges -> PublishedVocabulary.byteLevelBpe(vocabulary, merges)))
        .map(json -> new PublishedTokenizer("vocab.json and merges.txt", json));
  }

  private static JsonNode settings(PublishedFolder folder) {
    Optional<byte[]> file = folder.file(SETTINGS);
    try {
      return file.isPresent() ? new JsonMapper().readTree(file.get()) : MissingNode.getInstance();
    } catch (IOException e) {
      throw new UserException(
          "Cannot read "
              + folder.directory()
              + "/"
              + SETTINGS
              + ": it is not JSON: "
              + e.getMessage(),
          e);
    }
  }

  private void checkFits(PublishedFolder folder) {
    try (Tokenizer tokenizer = Tokenizer.parse(json)) {
      int ids = folder.config().path("vocab_size").asInt();
      if (tokenizer.vocabularySize() > ids) {
        throw new UserException(
            "Cannot import "
                + folder.directory()
                + ": its tokenizer has "
                + tokenizer.vocabularySize()
                + " tokens, its model "
                + ids
                + " (vocab_size)");
      }
    }
  }
}
