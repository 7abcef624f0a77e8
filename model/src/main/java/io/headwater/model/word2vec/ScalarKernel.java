package io.headwater.model.word2vec;

import io.headwater.model.embedding.Rows;
import java.util.Arrays;

/** Plain loops: the reference, and what runs where the Vector API is absent. */
final class ScalarKernel implements Kernel {
  private final SigmoidTable sigmoid;
  private final float[] errors;
  private final float[] before;
  private final float[] steps;

  ScalarKernel(int mostInputs, int mostOutputs, int width) {
    this(mostInputs, mostOutputs, width, new SigmoidTable(SigmoidTable.ORIGINAL_BINS));
  }

  ScalarKernel(int mostInputs, int mostOutputs, int width, SigmoidTable sigmoid) {
    this.sigmoid = sigmoid;
    this.errors = new float[mostInputs * mostOutputs];
    this.before = new float[width];
    this.steps = new float[TILE * width];
  }

  @Override
  public void update(
      Rows in,
      int[] inputs,
      int inputCount,
      Rows out,
      int[] outputs,
      float[] labels,
      int outputCount,
      float rate) {
    for (int i = 0; i < inputCount; i++) {
      for (int k = 0; k < outputCount; k++) {
        float product = dot(in, inputs[i], out, outputs[k]);
        errors[i * outputCount + k] = (labels[k] - sigmoid.at(product)) * rate;
      }
    }
    for (int from = 0; from < outputCount; from += TILE) {
      updateTile(in, inputs, inputCount, out, outputs, outputCount, from);
    }
  }

  private void updateTile(
      Rows in, int[] inputs, int inputCount, Rows out, int[] outputs, int outputCount, int from) {
    int to = Math.min(outputCount, from + TILE);
    int width = in.width();
    Arrays.fill(steps, 0);
    for (int i = 0; i < inputCount; i++) {
      float[] x = in.block(inputs[i]);
      int atX = in.offset(inputs[i]);
      System.arraycopy(x, atX, before, 0, width);
      for (int k = from; k < to; k++) {
        float error = errors[i * outputCount + k];
        add(error, out.block(outputs[k]), out.offset(outputs[k]), x, atX, width);
        add(error, before, 0, steps, (k - from) * width, width);
      }
    }
    for (int k = from; k < to; k++) {
      add(1, steps, (k - from) * width, out.block(outputs[k]), out.offset(outputs[k]), width);
    }
  }

  private static void add(float factor, float[] from, int atFrom, float[] to, int atTo, int width) {
    for (int d = 0; d < width; d++) {
      to[atTo + d] += factor * from[atFrom + d];
    }
  }

  @Override
  public void average(Rows in, int[] inputs, int inputCount, Rows hidden, int at) {
    float[] h = hidden.block(at);
    for (int d = 0; d < in.width(); d++) {
      float sum = 0;
      for (int i = 0; i < inputCount; i++) {
        sum += in.block(inputs[i])[in.offset(inputs[i]) + d];
      }
      h[hidden.offset(at) + d] = sum / inputCount;
      h[hidden.offset(at + 1) + d] = sum / inputCount;
    }
  }

  @Override
  public void spread(Rows hidden, int at, Rows in, int[] inputs, int inputCount) {
    float[] h = hidden.block(at);
    for (int i = 0; i < inputCount; i++) {
      float[] x = in.block(inputs[i]);
      int atX = in.offset(inputs[i]);
      for (int d = 0; d < in.width(); d++) {
        x[atX + d] += h[hidden.offset(at) + d] - h[hidden.offset(at + 1) + d];
      }
    }
  }

  private static float dot(Rows a, int rowOfA, Rows b, int rowOfB) {
    float[] x = a.block(rowOfA);
    float[] y = b.block(rowOfB);
    int atX = a.offset(rowOfA);
    int atY = b.offset(rowOfB);
    float sum = 0;
    for (int d = 0; d < a.width(); d++) {
      sum += x[atX + d] * y[atY + d];
    }
    return sum;
  }
}
