package io.headwater.ps.optimizer;

import io.headwater.ps.protocol.ChunkSize;
import java.util.Arrays;

/*
 * The norms of whole tensors, with the same bits whatever the number of shards.
 *
 * What a matrix has in one norm block is a piece. Pieces are numbered from the start of the flat
 * vector; a shard begins at a block, so no piece is shared. Within a piece the square of an element
 * is added to the lane of its place in the block, in the order of elements, and the lanes are added
 * as those of the gradient norm; then a matrix's pieces are added in order. All in double
 * precision.
 */
/** Sums of squares of weights and updates, by piece, of one range of blocks. */
public final class TensorNorms {
  private static final int BOTH = 2 * Kernels.LANES;

  private final int first;
  private final int all;
  private final int[] tensors; // by piece
  private final int[] pieceOf; // by tensor: its first piece in the range, less its first block
  private final double[][] lanes; // by piece: eight of the weights, eight of the updates

  /**
   * @param from first element of the range: a multiple of the norm block
   * @param to one past the last
   */
  TensorNorms(TensorRuns runs, long from, long to) {
    pieceOf = new int[runs.tensors()];
    int before = 0;
    int total = 0;
    int[] inRange = new int[16];
    int count = 0;
    long start = 0;
    for (int tensor = 0; tensor < runs.tensors(); tensor++) {
      long end = runs.end(tensor);
      if (runs.decays(tensor) && end > start) {
        total += blocks(start, end);
        before += Math.max(0, blocks(start, Math.min(end, from)));
        long begin = Math.max(start, from);
        int here = Math.max(0, blocks(begin, Math.min(end, to)));
        pieceOf[tensor] = count - (int) (begin / ChunkSize.BLOCK);
        inRange = Arrays.copyOf(inRange, Math.max(inRange.length, 2 * (count + here)));
        Arrays.fill(inRange, count, count + here, tensor);
        count += here;
      }
      start = end;
    }
    first = before;
    all = total;
    tensors = Arrays.copyOf(inRange, count);
    lanes = new double[count][BOTH];
  }

  private static int blocks(long from, long to) {
    return from >= to ? 0 : (int) ((to - 1) / ChunkSize.BLOCK - from / ChunkSize.BLOCK) + 1;
  }

  /** Number of pieces of the whole flat vector. */
  public int allPieces() {
    return all;
  }

  /** Number of the range's first piece. */
  public int firstPiece() {
    return first;
  }

  /** Number of the tensor that each piece belongs to. */
  public int[] tensors() {
    return tensors.clone();
  }

  /** Sums of squares by piece: of the weights, then, at the same places, of the updates. */
  public double[][] sums() {
    double[][] sums = new double[2][tensors.length];
    for (int piece = 0; piece < tensors.length; piece++) {
      sums[0][piece] = GradientNorm.sum(lanes[piece], 0);
      sums[1][piece] = GradientNorm.sum(lanes[piece], Kernels.LANES);
    }
    return sums;
  }

  /**
   * The factor of each tensor: a matrix's norm over its update's, 1 where either is 0 and for
   * vectors.
   *
   * @param count number of tensors
   * @param tensors by piece, all of the flat vector in order
   * @param sums of all pieces, as {@link #sums()} has them
   */
  public static float[] trust(int count, int[] tensors, double[][] sums) {
    double[] weights = new double[count];
    double[] updates = new double[count];
    for (int piece = 0; piece < tensors.length; piece++) {
      weights[tensors[piece]] += sums[0][piece];
      updates[tensors[piece]] += sums[1][piece];
    }
    float[] trust = new float[count];
    for (int i = 0; i < count; i++) {
      boolean both = weights[i] > 0 && updates[i] > 0;
      trust[i] = both ? (float) (Math.sqrt(weights[i]) / Math.sqrt(updates[i])) : 1f;
    }
    return trust;
  }

  void clear() {
    for (double[] piece : lanes) {
      Arrays.fill(piece, 0);
    }
  }

  /** Adds the squares of a slice of a matrix; slices of a block come in order. */
  void add(int tensor, long block, Slice s) {
    double[] piece = lanes[pieceOf[tensor] + (int) block];
    Kernels.sumOfSquares(s.weights, s.from, s.to, piece, 0);
    Kernels.sumOfSquares(s.gradient, s.from, s.to, piece, Kernels.LANES);
  }
}
