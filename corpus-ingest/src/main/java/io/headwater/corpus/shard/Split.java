package io.headwater.corpus.shard;

import java.util.Locale;

/** A part of the corpus, kept apart from the other. */
public enum Split {
  TRAIN,
  VALIDATION;

  /** The first part of its shards' file names, and its key in the manifest. */
  public String fileName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
