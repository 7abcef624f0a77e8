package io.headwater.model;

/** What a model computes one gradient of; each {@link Objective} has a kind of its own. */
public interface Batch {
  /** Tokens that the model reads, counted for a run's progress. */
  int tokens();

  /** This batch as the kind that a model is made for. */
  default <B extends Batch> B as(Class<B> kind) {
    if (!kind.isInstance(this)) {
      throw new IllegalArgumentException(
          "Cannot learn from a "
              + getClass().getSimpleName()
              + ": the model reads a "
              + kind.getSimpleName());
    }
    return kind.cast(this);
  }
}
