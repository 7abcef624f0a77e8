package io.headwater.corpus.shard;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** A part of the corpus, kept apart from the other. */
public enum Split {
  @JsonProperty("train")
  TRAIN,
  @JsonProperty("validation")
  VALIDATION;

  /** The name of this split's shard {@code number}, without its extension: train-00000. */
  public String shardName(int number) {
    return String.format(Locale.ROOT, "%s-%05d", name().toLowerCase(Locale.ROOT), number);
  }
}
