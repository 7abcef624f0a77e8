package io.headwater.model.generation;

import io.headwater.model.Decoding;
import java.util.Arrays;

/** Texts whose next token depends on the last one alone, by a table of probabilities. */
final class ChainModel implements Decoding {
  private final double[][] probabilities; // of the next token after each
  private int[] last;
  private float[] logits;

  ChainModel(double[][] probabilities, int... last) {
    this.probabilities = probabilities;
    read(last);
  }

  @Override
  public int rows() {
    return last.length;
  }

  @Override
  public float[] logits() {
    return logits;
  }

  @Override
  public void advance(int[] rows, int[] tokens) {
    Arrays.stream(rows).forEach(row -> last[row] += 0); // a row that is not there throws
    read(tokens.clone());
  }

  @Override
  public void close() {}

  private void read(int[] tokens) {
    last = tokens;
    int vocabulary = probabilities.length;
    logits = new float[tokens.length * vocabulary];
    for (int i = 0; i < logits.length; i++) {
      // Unnormalised: a constant on all scores must not matter.
      logits[i] = (float) Math.log(probabilities[tokens[i / vocabulary]][i % vocabulary]) + 3;
    }
  }
}
