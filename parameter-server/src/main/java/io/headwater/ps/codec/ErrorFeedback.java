package io.headwater.ps.codec;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.optimizer.Kernels;
import org.agrona.MutableDirectBuffer;

/**
 * Keeps what a lossy codec loses of a gradient and adds it to the next one (Seide et al., 2014;
 * Karimireddy et al., 2019, arXiv:1901.09847). What has been decoded so far plus the residual is
 * the sum of all gradients, up to the rounding of float32. For one thread.
 *
 * <p>Encoding moves the residual: once per chunk and gradient. Who may have to send a chunk again
 * keeps its bytes.
 */
public final class ErrorFeedback implements ChunkEncoder, AutoCloseable {
  private final ChunkCodec codec;
  private final FlatVector residual;
  private final float[] wanted = new float[ChunkCodec.MAX_COUNT];
  private final float[] other = new float[ChunkCodec.MAX_COUNT];

  /**
   * @param elements of the gradient
   */
  public ErrorFeedback(ChunkCodec codec, long elements) {
    this.codec = codec;
    residual = FlatVector.allocate(elements);
  }

  @Override
  public Codec codec() {
    return codec.codec();
  }

  @Override
  public int length(int count) {
    return codec.length(count);
  }

  /** As the codec encodes; a chunk that is not finite leaves the residual as it is. */
  @Override
  public int encode(
      FlatVector gradient, long first, int count, MutableDirectBuffer into, int index) {
    gradient.read(first, wanted, 0, count);
    residual.read(first, other, 0, count);
    Kernels.add(wanted, other, count);
    int bytes = codec.encode(wanted, 0, count, into, index);
    if (bytes == NOT_FINITE) {
      return NOT_FINITE;
    }
    if (!codec.decode(into, index, bytes, other, count)) {
      throw new IllegalStateException(
          "Cannot keep what was lost of elements from " + first + ": the bytes do not decode");
    }
    for (int i = 0; i < count; i++) {
      other[i] = wanted[i] - other[i];
    }
    residual.write(first, other, 0, count);
    return bytes;
  }

  /** What the decoded gradients lack: part of the state that a worker resumes from. */
  public FlatVector residual() {
    return residual;
  }

  @Override
  public void close() {
    residual.close();
  }
}
