package io.headwater.corpus.shard;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a token lies in a {@code .bin} file; the code is Megatron's. */
public enum ElementType {
  @JsonProperty("u16")
  U16(8, 2),
  @JsonProperty("i32")
  I32(4, 4);

  /** Megatron's rule: from this many ids on, u16 is not used. */
  private static final int U16_LIMIT = 65500;

  private final int code;
  private final int bytes;

  ElementType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** The smallest type for ids below {@code vocabularySize}. */
  public static ElementType forVocabulary(int vocabularySize) {
    return vocabularySize < U16_LIMIT ? U16 : I32;
  }

  int code() {
    return code;
  }

  /** Bytes of one token. */
  public int bytes() {
    return bytes;
  }
}
