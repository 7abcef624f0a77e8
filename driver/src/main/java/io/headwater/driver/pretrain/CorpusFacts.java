package io.headwater.driver.pretrain;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.corpus.shard.Corpus;
import io.headwater.corpus.shard.CorpusManifest;
import io.headwater.worker.Examples;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;

/**
 * What a run needs to know of its corpus; every byte of it was checked.
 *
 * @param sha256 of the lines {@code <sha256 of file> <name>}, sorted by name: names the data
 * @param tokenizer the bytes of tokenizer.json
 */
record CorpusFacts(String sha256, int vocabularySize, byte[] tokenizer, CorpusManifest manifest) {
  /**
   * Verifies a corpus.
   *
   * @throws io.headwater.checkpoint.UserException naming the file that is missing or damaged
   */
  static CorpusFacts verify(String directory) {
    CorpusManifest manifest = Corpus.verify(directory);
    try (Corpus corpus = Corpus.open(directory)) {
      return new CorpusFacts(
          sha256(manifest),
          corpus.tokenizer().vocabularySize(),
          corpus.tokenizer().json(),
          manifest);
    }
  }

  /** Refuses a corpus of which no training example can be made for a model. */
  static void checkExamples(String directory, JsonNode model, long seed) {
    try (Corpus corpus = Corpus.open(directory)) {
      Examples.training(corpus, model, seed).perEpoch();
    }
  }

  private static String sha256(CorpusManifest manifest) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    manifest.files().stream()
        .sorted(Comparator.comparing(CorpusManifest.FileEntry::name))
        .forEach(
            file ->
                digest.update(
                    (file.sha256() + "  " + file.name() + "\n").getBytes(StandardCharsets.UTF_8)));
    return HexFormat.of().formatHex(digest.digest());
  }
}
