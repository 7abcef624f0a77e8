package io.headwater.model.t5;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.checkpoint.UserException;

/**
 * A T5's vocabulary: text tokens, and those that only the model knows.
 *
 * @param vocabularySize V
 * @param padding id that fills up, and begins what the decoder reads
 * @param endOfSequence id that ends inputs and targets
 * @param firstSentinel id that stands for the first span left out; the next ones count down from it
 */
public record SpanTokens(int vocabularySize, int padding, int endOfSequence, int firstSentinel) {
  /** Spans of one sequence that can be told apart. */
  public static final int SENTINELS = 100;

  public SpanTokens {
    for (int id : new int[] {padding, endOfSequence, firstSentinel}) {
      if (id < 0 || id >= vocabularySize) {
        throw new UserException(
            "Cannot make a T5 with special token "
                + id
                + ": the vocabulary has ids 0 to "
                + (vocabularySize - 1));
      }
    }
    if (firstSentinel < SENTINELS) {
      throw new UserException(
          "Cannot make a T5 with first sentinel "
              + firstSentinel
              + ": "
              + SENTINELS
              + " sentinels count down from it, so it must be at least that");
    }
  }

  /** Behind the ids of a tokenizer: padding, end of sequence and, at the top, the sentinels. */
  static SpanTokens behind(int tokenizerSize) {
    int size = tokenizerSize + 2 + SENTINELS;
    return new SpanTokens(size, tokenizerSize, tokenizerSize + 1, size - 1);
  }

  /** Whether a {@code config.json} is of a model that has such tokens. */
  public static boolean has(JsonNode config) {
    return T5CheckpointMapping.reads(config);
  }

  /** Of a model's {@code config.json}. */
  public static SpanTokens of(JsonNode config) {
    return T5CheckpointMapping.sizes(config).tokens();
  }

  /** The id for span {@code index} of a sequence, from 0. */
  public int sentinel(int index) {
    if (index < 0 || index >= SENTINELS) {
      throw new IllegalArgumentException("sentinel " + index + " of " + SENTINELS);
    }
    return firstSentinel - index;
  }
}
