package io.headwater.model.word2vec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.model.embedding.Rows;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelTest {
  private static final int FINE = 1 << 22;

  @Test
  void scalarStepIsTheGradient() {
    Rows in = random(4, 10, 1);
    Rows out = random(5, 10, 2);
    checkGradient(new ScalarKernel(4, 5, 10, new SigmoidTable(FINE)), in, out);
  }

  @Test
  void vectorStepIsTheGradient() {
    Rows in = random(4, 10, 1);
    Rows out = random(5, 10, 2);
    checkGradient(new VectorKernel(4, 5, in.stride()), in, out);
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "1,6,100", "2,6,100", "3,5,16", "10,6,300", "7,17,33", "1,40,64", "10,13,7"})
  void vectorAgreesWithScalar(int inputs, int outputs, int dim) {
    Rows in = random(inputs, dim, 3);
    Rows out = random(outputs, dim, 4);
    Rows sameIn = random(inputs, dim, 3);
    Rows sameOut = random(outputs, dim, 4);
    int[] rowsIn = IntStream.range(0, inputs).toArray();
    int[] rowsOut = IntStream.range(0, outputs).toArray();
    float[] labels = labels(outputs);

    Kernel vector = new VectorKernel(inputs, outputs, in.stride());
    Kernel scalar = new ScalarKernel(inputs, outputs, dim, new SigmoidTable(FINE));
    for (int step = 0; step < 3; step++) {
      vector.update(in, rowsIn, inputs, out, rowsOut, labels, outputs, 0.05f);
      scalar.update(sameIn, rowsIn, inputs, sameOut, rowsOut, labels, outputs, 0.05f);
    }

    assertClose(in, sameIn);
    assertClose(out, sameOut);
  }

  @Test
  void wordsThatComeTwiceTakeBothSteps() {
    Rows in = random(3, 20, 5);
    Rows out = random(3, 20, 6);
    Rows sameIn = random(3, 20, 5);
    Rows sameOut = random(3, 20, 6);
    int[] inputs = {1, 2, 1};
    int[] outputs = {0, 2, 2, 1};

    new VectorKernel(3, 4, in.stride()).update(in, inputs, 3, out, outputs, labels(4), 4, 0.1f);
    new ScalarKernel(3, 4, 20, new SigmoidTable(FINE))
        .update(sameIn, inputs, 3, sameOut, outputs, labels(4), 4, 0.1f);

    assertClose(in, sameIn);
    assertClose(out, sameOut);
  }

  @Test
  void paddingStaysZero() {
    Rows in = random(3, 5, 7);
    Rows out = random(4, 5, 8);

    new VectorKernel(3, 4, in.stride())
        .update(in, new int[] {0, 1, 2}, 3, out, new int[] {0, 1, 2, 3}, labels(4), 4, 0.5f);

    for (int d = in.width(); d < in.stride(); d++) {
      assertThat(in.block(1)[in.offset(1) + d]).isZero();
      assertThat(out.block(1)[out.offset(1) + d]).isZero();
    }
  }

  @Test
  void meanAndItsStepAgree() {
    Rows in = random(4, 21, 9);
    Rows sameIn = random(4, 21, 9);
    int[] inputs = {0, 2, 3};

    meanStep(new VectorKernel(4, 1, in.stride()), in, inputs);
    meanStep(new ScalarKernel(4, 1, 21), sameIn, inputs);

    assertClose(in, sameIn);
    assertThat(in.row(1)).isEqualTo(random(4, 21, 9).row(1));
    assertThat(in.row(0)).isNotEqualTo(random(4, 21, 9).row(0));
  }

  private static void meanStep(Kernel kernel, Rows in, int[] inputs) {
    Rows hidden = new Rows(4, in.width());
    kernel.average(in, inputs, inputs.length, hidden, 2);
    float[] changed = hidden.row(2);
    changed[3] += 1;
    hidden.set(2, changed);
    kernel.spread(hidden, 2, in, inputs, inputs.length);
  }

  /** Against central differences of the loss in double precision. */
  private static void checkGradient(Kernel kernel, Rows in, Rows out) {
    int[] inputs = {0, 1, 2, 3};
    int[] outputs = {0, 1, 2, 3, 4};
    float[] labels = labels(5);
    float rate = 1e-3f;
    double[][] expectedIn = gradient(in, in, inputs, out, outputs, labels);
    double[][] expectedOut = gradient(out, in, inputs, out, outputs, labels);
    Rows inBefore = copy(in);
    Rows outBefore = copy(out);

    kernel.update(in, inputs, 4, out, outputs, labels, 5, rate);

    assertStep(expectedIn, inBefore, in, rate);
    assertStep(expectedOut, outBefore, out, rate);
  }

  private static double[][] gradient(
      Rows of, Rows in, int[] inputs, Rows out, int[] outputs, float[] labels) {
    double[][] gradient = new double[(int) of.count()][of.width()];
    float h = 1f / 256;
    for (int row = 0; row < of.count(); row++) {
      for (int d = 0; d < of.width(); d++) {
        int at = of.offset(row) + d;
        float value = of.block(row)[at];
        of.block(row)[at] = value + h;
        double above = Objective.loss(in, inputs, 4, out, outputs, labels, 5);
        double aboveAt = of.block(row)[at];
        of.block(row)[at] = value - h;
        double below = Objective.loss(in, inputs, 4, out, outputs, labels, 5);
        gradient[row][d] = (above - below) / (aboveAt - of.block(row)[at]);
        of.block(row)[at] = value;
      }
    }
    return gradient;
  }

  private static void assertStep(double[][] gradient, Rows before, Rows after, float rate) {
    for (int row = 0; row < before.count(); row++) {
      for (int d = 0; d < before.width(); d++) {
        double step = (double) after.row(row)[d] - before.row(row)[d];
        // Inputs and outputs step together: the second order is rate times smaller.
        assertThat(step / rate).isCloseTo(-gradient[row][d], within(2e-3));
      }
    }
  }

  private static void assertClose(Rows actual, Rows expected) {
    for (int row = 0; row < expected.count(); row++) {
      for (int d = 0; d < expected.width(); d++) {
        assertThat(actual.row(row)[d]).isCloseTo(expected.row(row)[d], within(1e-5f));
      }
    }
  }

  private static float[] labels(int outputs) {
    float[] labels = new float[outputs];
    labels[0] = 1;
    if (outputs > 3) {
      labels[3] = 1;
    }
    return labels;
  }

  private static Rows copy(Rows rows) {
    Rows copy = new Rows(rows.count(), rows.width());
    for (int row = 0; row < rows.count(); row++) {
      copy.set(row, rows.row(row));
    }
    return copy;
  }

  private static Rows random(int count, int width, long seed) {
    Random random = new Random(seed);
    Rows rows = new Rows(count, width);
    for (int row = 0; row < count; row++) {
      float[] values = new float[width];
      for (int d = 0; d < width; d++) {
        values[d] = (float) random.nextGaussian() / (float) Math.sqrt(width);
      }
      rows.set(row, values);
    }
    return rows;
  }
}
