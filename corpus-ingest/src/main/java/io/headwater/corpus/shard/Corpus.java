package io.headwater.corpus.shard;

import io.headwater.corpus.tokenize.Tokenizer;

/**
 * A corpus folder, open for reading: its shards mapped into memory, its tokenizer and its manifest.
 * Safe for use by several threads.
 */
public final class Corpus implements AutoCloseable {
  private Corpus() {}

  /**
   * Opens a folder; one that is not on this machine is copied to it first, every byte checked. Of
   * local files the sizes and indices are checked, and the tokens where {@link #verify} does it.
   *
   * @param directory a path or Hadoop URI
   * @throws io.headwater.checkpoint.UserException when it is no corpus or a file is damaged
   */
  public static Corpus open(String directory) {
    throw new UnsupportedOperationException("not landed yet: " + directory);
  }

  /**
   * Reads every file and checks it against the manifest: once before a run.
   *
   * @throws io.headwater.checkpoint.UserException naming the first file that differs
   */
  public static CorpusManifest verify(String directory) {
    throw new UnsupportedOperationException("not landed yet: " + directory);
  }

  public CorpusManifest manifest() {
    throw new UnsupportedOperationException("not landed yet");
  }

  /** Closed with the corpus. */
  public Tokenizer tokenizer() {
    throw new UnsupportedOperationException("not landed yet");
  }

  /** The tokens of a split; zero of them where the ingest kept none for it. */
  public TokenStream split(Split split) {
    throw new UnsupportedOperationException("not landed yet: " + split);
  }

  @Override
  public void close() {}
}
