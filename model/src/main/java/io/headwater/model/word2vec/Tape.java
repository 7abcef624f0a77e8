package io.headwater.model.word2vec;

import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.TouchedRows;
import java.util.Arrays;

/**
 * A kernel that writes down what it is asked to do, with the numbers that the rows have in a block,
 * and has another do it once the rows are there.
 */
final class Tape implements Kernel {
  private static final int UPDATE = 0;
  private static final int UPDATE_HIDDEN = 1;
  private static final int AVERAGE = 2;
  private static final int SPREAD = 3;

  private final Rows in; // stands for the input matrix; has no rows
  private final TouchedRows inputRows;
  private final TouchedRows outputRows;
  private int[] codes = new int[1 << 14];
  private int length;

  Tape(Rows in, TouchedRows inputRows, TouchedRows outputRows) {
    this.in = in;
    this.inputRows = inputRows;
    this.outputRows = outputRows;
  }

  @Override
  public void update(
      Rows from,
      int[] inputs,
      int inputCount,
      Rows out,
      int[] outputs,
      float[] labels,
      int outputCount,
      float rate) {
    boolean direct = from == in;
    reserve(3 + inputCount + outputCount);
    codes[length++] = direct ? UPDATE : UPDATE_HIDDEN;
    codes[length++] = inputCount;
    codes[length++] = outputCount;
    for (int i = 0; i < inputCount; i++) {
      codes[length++] = direct ? inputRows.place(inputs[i]) : inputs[i];
    }
    for (int k = 0; k < outputCount; k++) {
      codes[length++] = outputRows.place(outputs[k]) << 1 | (labels[k] > 0 ? 1 : 0);
    }
  }

  @Override
  public void average(Rows of, int[] inputs, int inputCount, Rows hidden, int at) {
    mean(AVERAGE, inputs, inputCount, at);
  }

  @Override
  public void spread(Rows hidden, int at, Rows into, int[] inputs, int inputCount) {
    mean(SPREAD, inputs, inputCount, at);
  }

  private void mean(int code, int[] inputs, int inputCount, int at) {
    reserve(3 + inputCount);
    codes[length++] = code;
    codes[length++] = inputCount;
    codes[length++] = at;
    for (int i = 0; i < inputCount; i++) {
      codes[length++] = inputRows.place(inputs[i]);
    }
  }

  private void reserve(int more) {
    if (length + more > codes.length) {
      codes = Arrays.copyOf(codes, Math.max(2 * codes.length, length + more));
    }
  }

  /** What was written down; begins anew. */
  int[] take() {
    int[] taken = Arrays.copyOf(codes, length);
    length = 0;
    return taken;
  }

  /** Does what is written down, on the rows of a block. */
  static final class Player {
    private final Kernel kernel;
    private final Rows hidden;
    private int[] inputs = new int[64];
    private int[] outputs = new int[64];
    private float[] labels = new float[64];

    Player(Kernel kernel, Rows hidden) {
      this.kernel = kernel;
      this.hidden = hidden;
    }

    void play(int[] codes, Rows in, Rows out, float rate) {
      for (int at = 0; at < codes.length; ) {
        int code = codes[at];
        int inputCount = codes[at + 1];
        int third = codes[at + 2]; // outputs, or row of the mean
        inputs = room(inputs, inputCount);
        System.arraycopy(codes, at + 3, inputs, 0, inputCount);
        at += 3 + inputCount;
        if (code == AVERAGE) {
          kernel.average(in, inputs, inputCount, hidden, third);
        } else if (code == SPREAD) {
          kernel.spread(hidden, third, in, inputs, inputCount);
        } else {
          readOutputs(codes, at, third);
          at += third;
          Rows from = code == UPDATE ? in : hidden;
          kernel.update(from, inputs, inputCount, out, outputs, labels, third, rate);
        }
      }
    }

    private void readOutputs(int[] codes, int at, int count) {
      outputs = room(outputs, count);
      if (labels.length < count) {
        labels = new float[outputs.length];
      }
      for (int k = 0; k < count; k++) {
        outputs[k] = codes[at + k] >> 1;
        labels[k] = codes[at + k] & 1;
      }
    }

    private static int[] room(int[] array, int count) {
      return array.length < count ? new int[2 * count] : array;
    }
  }
}
