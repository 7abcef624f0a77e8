package io.headwater.model.embedding;

/**
 * A float32 matrix of any number of rows, on the heap.
 *
 * <p>Rows lie in blocks of at most 128 MiB, each row padded with zeros to a multiple of 16 floats
 * so that kernels need no tail. Threads may write at the same time without any order (Hogwild,
 * arXiv:1106.5730): floats do not tear.
 */
public final class Rows {
  // A large array takes whole regions of the heap in a row, of up to 8 MiB where the heap is
  // 16 GiB: the larger a block, the less of its last region is lost; the smaller, the easier it
  // finds a place between what is already there.
  private static final int BLOCK_FLOATS = 1 << 25;
  private static final int LANES = 16;

  // A large array begins 16 bytes into an aligned region of the heap: 12 floats later is the next
  // cache line, so that no vector of a row crosses one.
  private static final int LEAD = 12;

  private final long count;
  private final int width;
  private final int stride;
  private final int shift;
  private final float[][] blocks;

  /**
   * A matrix of zeros.
   *
   * @param count rows
   * @param width columns
   */
  public Rows(long count, int width) {
    if (count < 0 || width < 1) {
      throw new IllegalArgumentException("Cannot make a matrix of " + count + " x " + width);
    }
    this.count = count;
    this.width = width;
    this.stride = (width + LANES - 1) / LANES * LANES;
    this.shift = 31 - Integer.numberOfLeadingZeros(Math.max(1, BLOCK_FLOATS / stride));
    long perBlock = 1L << shift;
    this.blocks = new float[Math.toIntExact((count + perBlock - 1) >>> shift)][];
    for (int b = 0; b < blocks.length; b++) {
      long rows = Math.min(perBlock, count - ((long) b << shift));
      blocks[b] = new float[LEAD + Math.toIntExact(rows * stride)];
    }
  }

  public long count() {
    return count;
  }

  public int width() {
    return width;
  }

  /** Columns with the padding. */
  public int stride() {
    return stride;
  }

  /** The array that holds a row; it begins at {@link #offset(long)}. */
  public float[] block(long row) {
    return blocks[(int) (row >>> shift)];
  }

  public int offset(long row) {
    return LEAD + ((int) row & ((1 << shift) - 1)) * stride;
  }

  /** A copy of a row, without the padding. */
  public float[] row(long row) {
    float[] copy = new float[width];
    System.arraycopy(block(row), offset(row), copy, 0, width);
    return copy;
  }

  public void set(long row, float[] values) {
    System.arraycopy(values, 0, block(row), offset(row), width);
  }

  /** Copies elements of the matrix without padding, from element {@code from} on, row-major. */
  public void read(long from, float[] into, int offset, int elements) {
    copy(from, into, offset, elements, false);
  }

  /** The inverse of {@link #read}. */
  public void write(long to, float[] values, int offset, int elements) {
    copy(to, values, offset, elements, true);
  }

  private void copy(long from, float[] outside, int offset, int elements, boolean inwards) {
    int done = 0;
    while (done < elements) {
      long row = (from + done) / width;
      int column = (int) ((from + done) % width);
      int part = Math.min(width - column, elements - done);
      float[] block = block(row);
      int at = offset(row) + column;
      if (inwards) {
        System.arraycopy(outside, offset + done, block, at, part);
      } else {
        System.arraycopy(block, at, outside, offset + done, part);
      }
      done += part;
    }
  }
}
