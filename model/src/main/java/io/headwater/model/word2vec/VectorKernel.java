package io.headwater.model.word2vec;

import io.headwater.model.embedding.Rows;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/*
 * Where the time goes, and why it is laid out so.
 *
 * Products: two inputs meet six outputs in twelve accumulators that stay in registers, so that a
 * chunk of eight rows feeds twelve multiply-adds. The sum over the lanes of one accumulator would
 * cost as much as its products: as many accumulators as a vector has lanes are folded together,
 * each step halving them, and end as one vector that has one sum in each lane.
 *
 * Errors: the sigmoid is taken on whole vectors, tanh as a ratio of polynomials.
 *
 * Updates: for one chunk of columns six outputs and their six steps stay in registers while the
 * inputs pass by, each loaded and stored once.
 */
/** The minibatch by the Vector API. */
final class VectorKernel implements Kernel {
  private static final VectorSpecies<Float> SPECIES = species();
  private static final int LANES = SPECIES.length();
  private static final VectorMask<Float> ODD_1 = odd(1);
  private static final VectorMask<Float> ODD_2 = odd(2);
  private static final VectorMask<Float> ODD_4 = odd(4);
  private static final VectorMask<Float> ODD_8 = odd(8);
  private static final VectorShuffle<Float> SWAP_1 = swap(1);
  private static final VectorShuffle<Float> SWAP_2 = swap(2);
  private static final VectorShuffle<Float> SWAP_4 = swap(4);
  private static final VectorShuffle<Float> SWAP_8 = swap(8);

  private final int stride;
  private final int tiles;
  private final float[] partial;
  private final float[] errors;
  private final float[] targets;
  private final float[] absent;
  private float[][] inBlocks;
  private int[] inOffsets;
  private final float[][] outBlocks = new float[TILE][];
  private final int[] outOffsets = new int[TILE];
  private final int pairs;

  VectorKernel(int mostInputs, int mostOutputs, int stride) {
    this.stride = stride;
    this.tiles = (mostOutputs + TILE - 1) / TILE;
    this.pairs = (mostInputs * TILE + LANES - 1) / LANES * LANES;
    this.partial = new float[pairs * LANES];
    this.errors = new float[pairs * tiles];
    this.targets = new float[pairs];
    this.absent = new float[stride];
    this.inBlocks = new float[mostInputs][];
    this.inOffsets = new int[mostInputs];
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
    locate(in, inputs, inputCount);
    int tile = 0;
    for (int from = 0; from < outputCount; from += TILE, tile++) {
      locate(out, outputs, from, outputCount);
      products(inputCount);
      errors(inputCount, labels, from, outputCount, rate, tile * pairs);
    }
    for (int last = tile - 1, t = 0; t < tile; t++) {
      if (last > 0) {
        locate(out, outputs, t * TILE, outputCount);
      }
      steps(inputCount, t * pairs);
    }
  }

  private void locate(Rows in, int[] inputs, int inputCount) {
    if (inputCount > inBlocks.length) { // a mean of more rows than an update has
      inBlocks = new float[2 * inputCount][];
      inOffsets = new int[2 * inputCount];
    }
    for (int i = 0; i < inputCount; i++) {
      inBlocks[i] = in.block(inputs[i]);
      inOffsets[i] = in.offset(inputs[i]);
    }
  }

  /** The rows of a tile; the last one is filled up with zeros that nothing changes. */
  private void locate(Rows out, int[] outputs, int from, int outputCount) {
    for (int k = 0; k < TILE; k++) {
      boolean present = from + k < outputCount;
      outBlocks[k] = present ? out.block(outputs[from + k]) : absent;
      outOffsets[k] = present ? out.offset(outputs[from + k]) : 0;
    }
  }

  private void products(int inputCount) {
    int i = 0;
    for (; i + 1 < inputCount; i += 2) {
      twoInputs(i);
    }
    if (i < inputCount) {
      oneInput(i);
    }
    int used = inputCount * TILE;
    int groups = (used + LANES - 1) / LANES;
    for (int group = 0; group < groups; group++) {
      fold(group * LANES * LANES);
    }
  }

  private void twoInputs(int i) {
    float[] x = inBlocks[i];
    float[] y = inBlocks[i + 1];
    int atX = inOffsets[i];
    int atY = inOffsets[i + 1];
    float[] o0 = outBlocks[0];
    float[] o1 = outBlocks[1];
    float[] o2 = outBlocks[2];
    float[] o3 = outBlocks[3];
    float[] o4 = outBlocks[4];
    float[] o5 = outBlocks[5];
    int at0 = outOffsets[0];
    int at1 = outOffsets[1];
    int at2 = outOffsets[2];
    int at3 = outOffsets[3];
    int at4 = outOffsets[4];
    int at5 = outOffsets[5];
    FloatVector x0 = FloatVector.zero(SPECIES);
    FloatVector x1 = x0;
    FloatVector x2 = x0;
    FloatVector x3 = x0;
    FloatVector x4 = x0;
    FloatVector x5 = x0;
    FloatVector y0 = x0;
    FloatVector y1 = x0;
    FloatVector y2 = x0;
    FloatVector y3 = x0;
    FloatVector y4 = x0;
    FloatVector y5 = x0;
    for (int c = 0; c < stride; c += LANES) {
      FloatVector vx = FloatVector.fromArray(SPECIES, x, atX + c);
      FloatVector vy = FloatVector.fromArray(SPECIES, y, atY + c);
      FloatVector o = FloatVector.fromArray(SPECIES, o0, at0 + c);
      x0 = o.fma(vx, x0);
      y0 = o.fma(vy, y0);
      o = FloatVector.fromArray(SPECIES, o1, at1 + c);
      x1 = o.fma(vx, x1);
      y1 = o.fma(vy, y1);
      o = FloatVector.fromArray(SPECIES, o2, at2 + c);
      x2 = o.fma(vx, x2);
      y2 = o.fma(vy, y2);
      o = FloatVector.fromArray(SPECIES, o3, at3 + c);
      x3 = o.fma(vx, x3);
      y3 = o.fma(vy, y3);
      o = FloatVector.fromArray(SPECIES, o4, at4 + c);
      x4 = o.fma(vx, x4);
      y4 = o.fma(vy, y4);
      o = FloatVector.fromArray(SPECIES, o5, at5 + c);
      x5 = o.fma(vx, x5);
      y5 = o.fma(vy, y5);
    }
    int at = i * TILE * LANES;
    x0.intoArray(partial, at);
    x1.intoArray(partial, at + LANES);
    x2.intoArray(partial, at + 2 * LANES);
    x3.intoArray(partial, at + 3 * LANES);
    x4.intoArray(partial, at + 4 * LANES);
    x5.intoArray(partial, at + 5 * LANES);
    y0.intoArray(partial, at + 6 * LANES);
    y1.intoArray(partial, at + 7 * LANES);
    y2.intoArray(partial, at + 8 * LANES);
    y3.intoArray(partial, at + 9 * LANES);
    y4.intoArray(partial, at + 10 * LANES);
    y5.intoArray(partial, at + 11 * LANES);
  }

  private void oneInput(int i) {
    float[] x = inBlocks[i];
    int atX = inOffsets[i];
    for (int k = 0; k < TILE; k++) {
      float[] o = outBlocks[k];
      int at = outOffsets[k];
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int c = 0; c < stride; c += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, atX + c);
        sum = v.fma(FloatVector.fromArray(SPECIES, o, at + c), sum);
      }
      sum.intoArray(partial, (i * TILE + k) * LANES);
    }
  }

  /** Lane j of the first vector becomes the sum over all lanes of vector j. */
  private void fold(int at) {
    for (int j = 0; j < LANES; j += 2) {
      fold(at + j * LANES, at + (j + 1) * LANES, ODD_1, SWAP_1);
    }
    for (int j = 0; j < LANES; j += 4) {
      fold(at + j * LANES, at + (j + 2) * LANES, ODD_2, SWAP_2);
    }
    if (LANES > 4) {
      for (int j = 0; j < LANES; j += 8) {
        fold(at + j * LANES, at + (j + 4) * LANES, ODD_4, SWAP_4);
      }
    }
    if (LANES > 8) {
      fold(at, at + 8 * LANES, ODD_8, SWAP_8);
    }
  }

  private void fold(int at, int other, VectorMask<Float> odd, VectorShuffle<Float> swap) {
    FloatVector a = FloatVector.fromArray(SPECIES, partial, at);
    FloatVector b = FloatVector.fromArray(SPECIES, partial, other);
    a.blend(b, odd).add(b.blend(a, odd).rearrange(swap)).intoArray(partial, at);
  }

  private void errors(
      int inputCount, float[] labels, int from, int outputCount, float rate, int into) {
    int used = inputCount * TILE;
    int present = Math.min(TILE, outputCount - from);
    for (int at = 0; at < used; at += TILE) {
      for (int k = 0; k < present; k++) {
        targets[at + k] = labels[from + k];
      }
      for (int k = present; k < TILE; k++) {
        targets[at + k] = 0.5f; // the sigmoid of the absent row's product
      }
    }
    for (int at = 0; at < used; at += LANES) {
      FloatVector product = FloatVector.fromArray(SPECIES, partial, at * LANES);
      FloatVector target = FloatVector.fromArray(SPECIES, targets, at);
      target.sub(sigmoid(product)).mul(rate).intoArray(errors, into + at);
    }
  }

  /**
   * {@code 1/2 + tanh(x/2)/2} with tanh as a continued fraction cut to a ratio of polynomials of
   * degree 7 and 6; outside of ±9.8 it is at its ends. Off by less than 2e-5.
   */
  private static FloatVector sigmoid(FloatVector x) {
    FloatVector h = x.mul(0.5f).max(-4.9f).min(4.9f);
    FloatVector s = h.mul(h);
    FloatVector above = s.add(378f).mul(s).add(17325f).mul(s).add(135135f).mul(h);
    FloatVector below = s.mul(28f).add(3150f).mul(s).add(62370f).mul(s).add(135135f);
    return above.div(below).max(-1f).min(1f).mul(0.5f).add(0.5f);
  }

  private void steps(int inputCount, int from) {
    float[] o0 = outBlocks[0];
    float[] o1 = outBlocks[1];
    float[] o2 = outBlocks[2];
    float[] o3 = outBlocks[3];
    float[] o4 = outBlocks[4];
    float[] o5 = outBlocks[5];
    int at0 = outOffsets[0];
    int at1 = outOffsets[1];
    int at2 = outOffsets[2];
    int at3 = outOffsets[3];
    int at4 = outOffsets[4];
    int at5 = outOffsets[5];
    for (int c = 0; c < stride; c += LANES) {
      FloatVector u0 = FloatVector.fromArray(SPECIES, o0, at0 + c);
      FloatVector u1 = FloatVector.fromArray(SPECIES, o1, at1 + c);
      FloatVector u2 = FloatVector.fromArray(SPECIES, o2, at2 + c);
      FloatVector u3 = FloatVector.fromArray(SPECIES, o3, at3 + c);
      FloatVector u4 = FloatVector.fromArray(SPECIES, o4, at4 + c);
      FloatVector u5 = FloatVector.fromArray(SPECIES, o5, at5 + c);
      FloatVector d0 = FloatVector.zero(SPECIES);
      FloatVector d1 = d0;
      FloatVector d2 = d0;
      FloatVector d3 = d0;
      FloatVector d4 = d0;
      FloatVector d5 = d0;
      for (int i = 0; i < inputCount; i++) {
        float[] x = inBlocks[i];
        int at = inOffsets[i] + c;
        int e = from + i * TILE;
        FloatVector before = FloatVector.fromArray(SPECIES, x, at);
        FloatVector e0 = FloatVector.broadcast(SPECIES, errors[e]);
        FloatVector e1 = FloatVector.broadcast(SPECIES, errors[e + 1]);
        FloatVector e2 = FloatVector.broadcast(SPECIES, errors[e + 2]);
        d0 = before.fma(e0, d0);
        d1 = before.fma(e1, d1);
        d2 = before.fma(e2, d2);
        FloatVector after = u2.fma(e2, u1.fma(e1, u0.fma(e0, before)));
        FloatVector e3 = FloatVector.broadcast(SPECIES, errors[e + 3]);
        FloatVector e4 = FloatVector.broadcast(SPECIES, errors[e + 4]);
        FloatVector e5 = FloatVector.broadcast(SPECIES, errors[e + 5]);
        d3 = before.fma(e3, d3);
        d4 = before.fma(e4, d4);
        d5 = before.fma(e5, d5);
        u5.fma(e5, u4.fma(e4, u3.fma(e3, after))).intoArray(x, at);
      }
      // Added to the row as it is now: the same word may have been drawn twice.
      FloatVector.fromArray(SPECIES, o0, at0 + c).add(d0).intoArray(o0, at0 + c);
      FloatVector.fromArray(SPECIES, o1, at1 + c).add(d1).intoArray(o1, at1 + c);
      FloatVector.fromArray(SPECIES, o2, at2 + c).add(d2).intoArray(o2, at2 + c);
      FloatVector.fromArray(SPECIES, o3, at3 + c).add(d3).intoArray(o3, at3 + c);
      FloatVector.fromArray(SPECIES, o4, at4 + c).add(d4).intoArray(o4, at4 + c);
      FloatVector.fromArray(SPECIES, o5, at5 + c).add(d5).intoArray(o5, at5 + c);
    }
  }

  @Override
  public void average(Rows in, int[] inputs, int inputCount, Rows hidden, int at) {
    locate(in, inputs, inputCount);
    float[] h = hidden.block(at);
    int first = hidden.offset(at);
    int second = hidden.offset(at + 1);
    float share = 1f / inputCount;
    for (int c = 0; c < stride; c += LANES) {
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int i = 0; i < inputCount; i++) {
        sum = sum.add(FloatVector.fromArray(SPECIES, inBlocks[i], inOffsets[i] + c));
      }
      FloatVector mean = sum.mul(share);
      mean.intoArray(h, first + c);
      mean.intoArray(h, second + c);
    }
  }

  @Override
  public void spread(Rows hidden, int at, Rows in, int[] inputs, int inputCount) {
    locate(in, inputs, inputCount);
    float[] h = hidden.block(at);
    int first = hidden.offset(at);
    int second = hidden.offset(at + 1);
    for (int c = 0; c < stride; c += LANES) {
      FloatVector step =
          FloatVector.fromArray(SPECIES, h, first + c)
              .sub(FloatVector.fromArray(SPECIES, h, second + c));
      for (int i = 0; i < inputCount; i++) {
        float[] x = inBlocks[i];
        int atX = inOffsets[i] + c;
        FloatVector.fromArray(SPECIES, x, atX).add(step).intoArray(x, atX);
      }
    }
  }

  /** Rows are padded to 16 floats: longer vectors would need a longer padding. */
  private static VectorSpecies<Float> species() {
    return FloatVector.SPECIES_PREFERRED.length() > 16
        ? FloatVector.SPECIES_512
        : FloatVector.SPECIES_PREFERRED;
  }

  private static VectorMask<Float> odd(int bit) {
    boolean[] lanes = new boolean[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      lanes[lane] = (lane & bit) != 0;
    }
    return VectorMask.fromValues(SPECIES, lanes);
  }

  private static VectorShuffle<Float> swap(int bit) {
    return VectorShuffle.fromOp(SPECIES, lane -> (lane ^ bit) & (LANES - 1));
  }
}
