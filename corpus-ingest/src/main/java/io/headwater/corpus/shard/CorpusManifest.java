package io.headwater.corpus.shard;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a corpus folder is: {@code manifest.json}. Two ingests of the same input with the same
 * configuration write the same bytes, so its hash names the data.
 *
 * @param formatVersion of the folder's layout; a reader refuses a number it does not know
 * @param files every other file of the folder, by name
 */
public record CorpusManifest(
    int formatVersion,
    TokenizerEntry tokenizer,
    ElementType elementType,
    long seed,
    SplitEntry split,
    Map<Split, SplitCounts> splits,
    InputCounts input,
    List<FileEntry> files) {
  /** The manifest's own name in the folder. */
  public static final String FILE = "manifest.json";

  /** The tokenizer's name in the folder. */
  public static final String TOKENIZER_FILE = "tokenizer.json";

  /** One JSON object a line for each input file: uri, bytes, sha256, documents. */
  public static final String SOURCES_FILE = "sources.jsonl";

  /** The layout that this version writes and reads. */
  public static final int FORMAT_VERSION = 1;

  public CorpusManifest {
    splits = Map.copyOf(splits);
    files = List.copyOf(files);
  }

  /**
   * The tokenizer of {@code tokenizer.json}.
   *
   * @param name as it was asked for: byte, char, bpe, or the given file's path
   * @param endOfText the id that ends every document; null where there is none
   */
  public record TokenizerEntry(
      String name,
      int vocabularySize,
      @JsonInclude(JsonInclude.Include.ALWAYS) Integer endOfText) {}

  /** How training and validation were divided. */
  public record SplitEntry(String method, double validationFraction) {}

  /**
   * What one split holds.
   *
   * @param tokens ends of text included
   */
  public record SplitCounts(long documents, long tokens, int shards) {}

  /**
   * What was read.
   *
   * @param sourceBytes as the files lie, compressed or not
   * @param documentsRead all, before duplicates fell out
   * @param duplicates documents dropped because an equal one was kept
   * @param empty documents dropped because nothing but white space was in them
   * @param textBytes UTF-8 bytes of the documents kept
   * @param invalidUtf8 malformed sequences, each replaced by U+FFFD
   * @param documentsWithInvalidUtf8 documents read that held any
   * @param skippedEntries archive entries that are no text
   */
  public record InputCounts(
      long sourceFiles,
      long sourceBytes,
      long documentsRead,
      long duplicates,
      long empty,
      long textBytes,
      long invalidUtf8,
      long documentsWithInvalidUtf8,
      long skippedEntries) {
    /** Documents that were written. */
    public long documentsKept() {
      return documentsRead - duplicates - empty;
    }
  }

  /**
   * One file of the folder.
   *
   * @param sha256 of its bytes, in lower-case hexadecimal
   */
  public record FileEntry(String name, long bytes, String sha256) implements Serializable {
    public FileEntry {
      if (name.isEmpty() || name.contains("/") || name.contains("\\")) {
        throw new IllegalArgumentException("files.name is \"" + name + "\"");
      }
      Objects.requireNonNull(sha256, "files.sha256");
    }
  }

  /** The bytes of {@code manifest.json}. */
  public byte[] json() {
    return ManifestJson.write(this);
  }

  /** Tokens of all splits. */
  public long tokens() {
    return splits.values().stream().mapToLong(SplitCounts::tokens).sum();
  }

  /** Refuses what a damaged file may have left out. */
  void checkComplete() {
    Objects.requireNonNull(tokenizer, "tokenizer");
    Objects.requireNonNull(elementType, "element_type");
    Objects.requireNonNull(split, "split");
    Objects.requireNonNull(input, "input");
    for (Split each : Split.values()) {
      Objects.requireNonNull(splits.get(each), () -> "splits." + each);
    }
  }
}
