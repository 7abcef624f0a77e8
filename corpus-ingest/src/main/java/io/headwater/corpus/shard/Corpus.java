package io.headwater.corpus.shard;

import io.headwater.checkpoint.UserException;
import io.headwater.corpus.shard.CorpusManifest.SplitCounts;
import io.headwater.corpus.tokenize.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A corpus folder, open for reading: its shards mapped into memory, its tokenizer and its manifest.
 * Safe for use by several threads.
 */
public final class Corpus implements AutoCloseable {
  private final CorpusFolder folder;
  private final Tokenizer tokenizer;
  private final Map<Split, TokenStream> splits;

  private Corpus(CorpusFolder folder, Tokenizer tokenizer, Map<Split, TokenStream> splits) {
    this.folder = folder;
    this.tokenizer = tokenizer;
    this.splits = splits;
  }

  /**
   * Opens a folder. One that is not on this machine is copied to it first, every byte checked. Of a
   * local one the size of each file is checked, and all but the {@code .bin} files byte for byte;
   * {@link #verify} reads those too.
   *
   * @param directory a path or Hadoop URI
   * @throws UserException when it is no corpus or a file is damaged, naming the file
   */
  public static Corpus open(String directory) {
    try {
      CorpusFolder folder = CorpusFolder.local(directory);
      folder.checkSizes();
      byte[] json = folder.checkedBytes(CorpusManifest.TOKENIZER_FILE);
      Map<Split, TokenStream> splits = new EnumMap<>(Split.class);
      for (Split split : Split.values()) {
        splits.put(split, openSplit(folder, split));
      }
      return new Corpus(folder, Tokenizer.parse(json), splits);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read corpus " + directory + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads every file and checks it against the manifest: once before a run.
   *
   * @throws UserException naming the first file that differs
   */
  public static CorpusManifest verify(String directory) {
    try {
      CorpusFolder folder = CorpusFolder.local(directory);
      folder.checkSizes();
      folder.checkContents();
      return folder.manifest();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read corpus " + directory + ": " + e.getMessage(), e);
    }
  }

  private static TokenStream openSplit(CorpusFolder folder, Split split) throws IOException {
    ElementType type = folder.manifest().elementType();
    SplitCounts counts = folder.manifest().splits().get(split);
    List<MappedTokens> shards = new ArrayList<>();
    List<ShardIndex> indices = new ArrayList<>();
    for (int i = 0; i < counts.shards(); i++) {
      String name = split.shardName(i);
      ByteBuffer bytes = ByteBuffer.wrap(folder.checkedBytes(name + ".idx"));
      ShardIndex index = ShardIndex.read(bytes, type, folder.file(name + ".idx").toString());
      Path bin = folder.file(name + ".bin");
      if (Files.size(bin) != index.tokens() * type.bytes()) {
        throw new UserException(
            "Cannot read shard "
                + bin
                + ": it has "
                + Files.size(bin)
                + " bytes and its index "
                + index.tokens() * type.bytes());
      }
      indices.add(index);
      shards.add(MappedTokens.map(bin, type));
    }
    TokenStream stream = new ShardedTokenStream(shards, indices);
    if (stream.tokens() != counts.tokens() || stream.documents() != counts.documents()) {
      throw new UserException(
          "Cannot read corpus " + folder.directory() + ": its manifest miscounts " + split);
    }
    return stream;
  }

  public CorpusManifest manifest() {
    return folder.manifest();
  }

  /** Closed with the corpus. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** The tokens of a split; none where the ingest kept nothing for it. */
  public TokenStream split(Split split) {
    return splits.get(split);
  }

  /** Where each document of a split starts in its stream, and last the tokens of all. */
  public long[] documentStarts(Split split) {
    SplitCounts counts = folder.manifest().splits().get(split);
    long[] starts = new long[Math.toIntExact(counts.documents() + 1)];
    int document = 0;
    try {
      for (int shard = 0; shard < counts.shards(); shard++) {
        byte[] index = folder.checkedBytes(split.shardName(shard) + ".idx");
        for (int length : ShardIndex.lengths(ByteBuffer.wrap(index))) {
          starts[document + 1] = starts[document] + length;
          document++;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read corpus " + folder.directory() + ": " + e.getMessage(), e);
    }
    return starts;
  }

  /** Closes the tokenizer. The maps go when the last stream is garbage. */
  @Override
  public void close() {
    tokenizer.close();
  }
}
