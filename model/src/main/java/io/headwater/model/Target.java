package io.headwater.model;

/** What the head of a {@link io.headwater.model.head.HeadedNetwork} should say of a batch. */
public interface Target {
  /**
   * A class for each scored row: for each sequence, or for each token.
   *
   * @param classes (R); {@link TokenBatch#IGNORED} where nothing is asked
   * @param weights of the rows in the mean, (R); empty if all count the same
   */
  record Classes(int[] classes, float[] weights) implements Target {
    public Classes {
      if (weights.length != 0 && weights.length != classes.length) {
        throw new IllegalArgumentException(
            "Cannot weigh " + classes.length + " classes by " + weights.length + " weights");
      }
    }

    public static Classes of(int... classes) {
      return new Classes(classes, new float[0]);
    }
  }

  /**
   * A number for each sequence.
   *
   * @param values (B)
   */
  record Values(float... values) implements Target {}

  /**
   * The first and the last token of a part of each sequence.
   *
   * @param starts (B)
   * @param ends (B), inclusive
   */
  record Spans(int[] starts, int[] ends) implements Target {}

  /** Sequences 2i and 2i + 1 belong together, and to no others of the batch. */
  record Pairs() implements Target {}

  /** This target as the kind that a loss is made for. */
  default <T extends Target> T as(Class<T> kind) {
    if (!kind.isInstance(this)) {
      throw new IllegalArgumentException(
          "Cannot learn from "
              + getClass().getSimpleName()
              + ": the head needs "
              + kind.getSimpleName());
    }
    return kind.cast(this);
  }
}
