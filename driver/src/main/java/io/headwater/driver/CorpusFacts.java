package io.headwater.driver;

import io.headwater.corpus.shard.Corpus;
import io.headwater.corpus.shard.CorpusManifest;
import io.headwater.corpus.shard.Split;
import io.headwater.corpus.shard.TokenWindows;
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

  /** Refuses a corpus without one whole training example. */
  static void checkWindows(String directory, int contextLength, long seed) {
    try (Corpus corpus = Corpus.open(directory)) {
      new TokenWindows(corpus.split(Split.TRAIN), contextLength, seed).windowsPerEpoch();
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
