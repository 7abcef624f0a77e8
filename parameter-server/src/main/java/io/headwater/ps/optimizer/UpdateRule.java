package io.headwater.ps.optimizer;

import java.util.List;

/**
 * How gradients change weights, in two phases: {@link #prepare} every slice, sum up the norms of
 * tensors if the rule {@linkplain #needsNorms asks for them}, {@link #apply} every slice.
 *
 * <p>Each element gets the same float32 operations in the same order wherever a slice begins, so
 * the bits do not depend on how a vector is cut. Loops run over local arrays of one index, which
 * the compiler turns into vector instructions.
 */
interface UpdateRule {
  /** Names of the state's vectors, as in PyTorch. */
  List<String> stateNames();

  /**
   * Opens a step.
   *
   * @param step number of updates made before
   */
  void begin(long step, float learningRate);

  /** Whether {@link #apply} depends on {@link Slice#trust}. */
  default boolean needsNorms() {
    return false;
  }

  /** Puts the update in the gradient's place, for rules that need its norm. */
  default void prepare(Slice slice) {}

  void apply(Slice slice);
}
