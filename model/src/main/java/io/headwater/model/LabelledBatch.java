package io.headwater.model;

import java.util.Objects;

/** Sequences, and what should be said of them. */
public record LabelledBatch(TextBatch texts, Target target) implements Batch {
  public LabelledBatch {
    Objects.requireNonNull(texts, "texts");
    Objects.requireNonNull(target, "target");
  }

  @Override
  public int tokens() {
    return texts.inputs().length;
  }
}
