package io.headwater.corpus;

import io.headwater.checkpoint.UserException;
import io.headwater.corpus.source.DocumentOptions;
import io.headwater.corpus.tokenize.TokenizerOptions;
import java.util.List;
import java.util.Objects;

/**
 * One ingest, checked: what to read, where to write, and how.
 *
 * @param inputs files, directories (read recursively) and globs, as paths or Hadoop URIs
 * @param output the corpus folder to make, as a path or Hadoop URI; must be absent or empty
 * @param seed orders the documents
 * @param maxShardBytes a shard's {@code .bin} is closed before the document that would take it past
 *     this size; one document alone may be larger
 */
public record IngestConfig(
    List<String> inputs,
    String output,
    DocumentOptions documents,
    TokenizerOptions tokenizer,
    SplitOptions split,
    long seed,
    long maxShardBytes) {
  private static final long DEFAULT_MAX_SHARD_BYTES = 1L << 30;

  public IngestConfig {
    inputs = List.copyOf(inputs);
    if (inputs.isEmpty()) {
      throw new UserException("Cannot ingest: no input given; name files, directories or globs");
    }
    if (output.isBlank()) {
      throw new UserException("Cannot ingest: no output folder given");
    }
    Objects.requireNonNull(documents, "documents");
    Objects.requireNonNull(tokenizer, "tokenizer");
    Objects.requireNonNull(split, "split");
    if (maxShardBytes < 1) {
      throw new UserException(
          "Cannot ingest: maximum shard size " + maxShardBytes + " bytes is below 1");
    }
  }

  /** Everything by default: BPE of 8,192 entries, a twentieth for validation, seed 0. */
  public static IngestConfig of(List<String> inputs, String output) {
    return new IngestConfig(
        inputs,
        output,
        DocumentOptions.defaults(),
        TokenizerOptions.defaults(),
        SplitOptions.byHash(),
        0,
        DEFAULT_MAX_SHARD_BYTES);
  }

  public IngestConfig withDocuments(DocumentOptions newDocuments) {
    return new IngestConfig(inputs, output, newDocuments, tokenizer, split, seed, maxShardBytes);
  }

  public IngestConfig withTokenizer(TokenizerOptions newTokenizer) {
    return new IngestConfig(inputs, output, documents, newTokenizer, split, seed, maxShardBytes);
  }

  public IngestConfig withSplit(SplitOptions newSplit) {
    return new IngestConfig(inputs, output, documents, tokenizer, newSplit, seed, maxShardBytes);
  }

  public IngestConfig withSeed(long newSeed) {
    return new IngestConfig(inputs, output, documents, tokenizer, split, newSeed, maxShardBytes);
  }

  public IngestConfig withMaxShardBytes(long newMaxShardBytes) {
    return new IngestConfig(inputs, output, documents, tokenizer, split, seed, newMaxShardBytes);
  }
}
