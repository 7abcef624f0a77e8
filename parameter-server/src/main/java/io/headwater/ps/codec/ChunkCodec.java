package io.headwater.ps.codec;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.protocol.ChunkSize;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Turns the float32 of a chunk, 1 to {@value #MAX_COUNT} of them, into bytes and back.
 *
 * <p>Bytes are little-endian and say all that decoding needs besides the number of elements. A
 * payload is checked as a whole before an element is touched: no byte makes a decoder throw, or
 * read beyond the payload. Nothing here allocates but the constructors; holds scratch memory: for
 * one thread.
 */
public abstract class ChunkCodec implements ChunkEncoder {
  /** Elements of the largest chunk: a norm block. */
  public static final int MAX_COUNT = ChunkSize.BLOCK;

  private final Codec codec;
  private final float[] staged = new float[MAX_COUNT];

  ChunkCodec(Codec codec) {
    this.codec = codec;
  }

  @Override
  public final Codec codec() {
    return codec;
  }

  /**
   * Encodes elements {@code offset} to {@code offset + count - 1}.
   *
   * @return the number of bytes or {@link #NOT_FINITE}, as above
   */
  public final int encode(
      float[] from, int offset, int count, MutableDirectBuffer into, int index) {
    Objects.checkFromIndexSize(offset, checked(count), from.length);
    into.boundsCheck(index, length(count));
    return write(from, offset, count, into, index);
  }

  @Override
  public final int encode(
      FlatVector from, long first, int count, MutableDirectBuffer into, int index) {
    from.read(first, staged, 0, checked(count));
    return encode(staged, 0, count, into, index);
  }

  private static int checked(int count) {
    if (count < 1 || count > MAX_COUNT) {
      throw new IllegalArgumentException(
          "Cannot encode a chunk of " + count + " elements: must be 1 to " + MAX_COUNT);
    }
    return count;
  }

  /** Whether the bytes are an encoding of {@code count} elements. */
  public final boolean isValid(DirectBuffer from, int index, int length, int count) {
    return count >= 1
        && count <= MAX_COUNT
        && index >= 0
        && length >= 1
        && length <= from.capacity() - index
        && isEncoding(from, index, length, count);
  }

  /**
   * Puts the elements in the place of the first {@code count} of {@code into}.
   *
   * @return whether the bytes are valid; if not, {@code into} is as it was
   */
  public final boolean decode(DirectBuffer from, int index, int length, float[] into, int count) {
    if (!isValid(from, index, length, count)) {
      return false;
    }
    Objects.checkFromIndexSize(0, count, into.length);
    read(from, index, length, into, count);
    return true;
  }

  /**
   * Puts the elements in the place of {@code count} of {@code into}, from {@code first} on.
   *
   * @return whether the bytes are valid; if not, {@code into} is as it was
   */
  public final boolean decode(
      DirectBuffer from, int index, int length, FlatVector into, long first, int count) {
    boolean valid = decode(from, index, length, staged, count);
    if (valid) {
      into.write(first, staged, 0, count);
    }
    return valid;
  }

  /**
   * Adds the elements to the first {@code count} of {@code sum}.
   *
   * @return whether the bytes are valid; if not, {@code sum} is as it was
   */
  public final boolean add(DirectBuffer from, int index, int length, float[] sum, int count) {
    if (!isValid(from, index, length, count)) {
      return false;
    }
    Objects.checkFromIndexSize(0, count, sum.length);
    readAndAdd(from, index, length, sum, count);
    return true;
  }

  abstract int write(float[] from, int offset, int count, MutableDirectBuffer into, int index);

  /** The bytes lie within the buffer and {@code count} within its bounds. */
  abstract boolean isEncoding(DirectBuffer from, int index, int length, int count);

  abstract void read(DirectBuffer from, int index, int length, float[] into, int count);

  abstract void readAndAdd(DirectBuffer from, int index, int length, float[] sum, int count);
}
