package io.headwater.model;

/**
 * Is told how far a gradient is final while the rest of it is still being computed, so that it can
 * leave meanwhile. Backward passes go from the last layers to the first, and parameters are laid
 * out from the first to the last: what is final is always the vector's end.
 */
@FunctionalInterface
public interface GradientProgress {
  GradientProgress NONE = from -> {};

  /**
   * Elements from {@code from} to the end have their final values. Called by the computing thread,
   * each time with a smaller element than before; with 0 in the end. A parameter that is used more
   * than once, as a tied embedding is, is final after its last use.
   */
  void finalFrom(long from);
}
