package io.headwater.ps.optimizer;

/**
 * Some elements of one tensor in one block, as an {@link UpdateRule} gets them: elements {@code
 * from} to {@code to - 1} of arrays that share their indices. One object, filled anew for each.
 */
final class Slice {
  float[] weights;
  float[][] state; // in the order of UpdateRule.stateNames()
  float[] gradient;
  int from;
  int to;
  float scale; // multiplies the gradient
  float weightDecay; // 0 where the tensor is no matrix
  float trust; // the tensor's factor from its norms; 1 for rules without
}
