package io.headwater.finetune;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;

/**
 * A frozen weight and the two matrices of its adapter, in the published layout: A (rank, in) and B
 * (out, rank). The sum is {@code W + scale B A} for a weight stored as (out, in), and its transpose
 * for one stored as (in, out).
 */
final class LoraTarget {
  private final TensorLayout.Entry weight; // of the network
  private final TensorLayout.Entry a; // of the adapters
  private final TensorLayout.Entry b;
  private final boolean inputsFirst;
  private final int rank;
  private final LowRank product;
  private final float[] base;
  private final float[] stored; // the merged weight, or its gradient
  private final float[] left;
  private final float[] right;
  private final float[] leftGradient;
  private final float[] rightGradient;

  LoraTarget(
      TensorLayout.Entry weight,
      TensorLayout.Entry a,
      TensorLayout.Entry b,
      boolean inputsFirst,
      LoraSettings settings,
      FlatVector weights) {
    this.weight = weight;
    this.a = a;
    this.b = b;
    this.inputsFirst = inputsFirst;
    this.rank = settings.rank();
    int rows = Math.toIntExact(weight.shape().get(0));
    int cols = Math.toIntExact(weight.shape().get(1));
    this.product = new LowRank(rows, cols, rank, settings.scale());
    this.base = new float[rows * cols];
    this.stored = new float[base.length];
    this.left = new float[rank * rows];
    this.right = new float[rank * cols];
    this.leftGradient = new float[left.length];
    this.rightGradient = new float[right.length];
    weights.read(weight.offset(), base, 0, base.length);
  }

  /** Takes the weight's gradient to those of A and B. */
  void backward(FlatVector weightGradients, FlatVector adapters, FlatVector adapterGradients) {
    readFactors(adapters);
    weightGradients.read(weight.offset(), stored, 0, stored.length);
    product.backward(stored, left, right, leftGradient, rightGradient);
    if (inputsFirst) { // the left factor is A, the right one B transposed
      adapterGradients.write(a.offset(), leftGradient, 0, leftGradient.length);
      write(adapterGradients, transposed(rightGradient, rank, product.cols()));
    } else {
      adapterGradients.write(a.offset(), rightGradient, 0, rightGradient.length);
      write(adapterGradients, transposed(leftGradient, rank, product.rows()));
    }
  }

  /** Writes the weight that the adapter makes of the frozen one. */
  void merge(FlatVector adapters, FlatVector weights) {
    readFactors(adapters);
    product.merge(base, left, right, stored);
    weights.write(weight.offset(), stored, 0, stored.length);
  }

  private void readFactors(FlatVector adapters) {
    float[] ofA = inputsFirst ? left : right;
    float[] ofB = inputsFirst ? right : left;
    adapters.read(a.offset(), ofA, 0, ofA.length);
    float[] published = new float[ofB.length];
    adapters.read(b.offset(), published, 0, published.length);
    System.arraycopy(transposed(published, ofB.length / rank, rank), 0, ofB, 0, ofB.length);
  }

  private void write(FlatVector adapterGradients, float[] ofB) {
    adapterGradients.write(b.offset(), ofB, 0, ofB.length);
  }

  private static float[] transposed(float[] matrix, int rows, int cols) {
    float[] result = new float[matrix.length];
    for (int row = 0; row < rows; row++) {
      for (int col = 0; col < cols; col++) {
        result[col * rows + row] = matrix[row * cols + col];
      }
    }
    return result;
  }
}
