package io.headwater.ps.protocol;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The frame that carries one chunk of gradients or weights; read in place, never copied.
 *
 * <pre>
 *  0 u8  version      1 u8  type       2 u8  codec      3 u8  flags (0)
 *  4 i32 length of the frame in bytes, header included
 *  8 i64 run key
 * 16 i32 shard       20 i32 worker (pushes; -1 in weights)
 * 24 i64 incarnation of the worker (0 in weights)
 * 32 i64 step: of the weights that the gradient was computed from, or of these weights
 * 40 i32 node of the summation tree (pushes)
 * 44 i32 chunk of the shard's range
 * 48 i32 count of elements
 * 52 i32 check: hash of bytes 0 to 51
 * 56 i64 zero
 * 64 count little-endian float32
 * </pre>
 *
 * <p>A flyweight over someone else's buffer: not thread-safe, valid until the buffer moves on.
 */
public final class ChunkFrame {
  public static final int HEADER_LENGTH = 64;
  public static final int VERSION = 1;
  public static final int PUSH = 1;
  public static final int WEIGHTS = 2;
  public static final int FLOAT32 = 0;

  private static final int LENGTH = 4;
  private static final int RUN = 8;
  private static final int SHARD = 16;
  private static final int WORKER = 20;
  private static final int INCARNATION = 24;
  private static final int STEP = 32;
  private static final int NODE = 40;
  private static final int CHUNK = 44;
  private static final int COUNT = 48;
  private static final int CHECK = 52;
  private static final int ZERO = 56;

  private DirectBuffer buffer;
  private int offset;

  /** Bytes of a frame of {@code count} elements. */
  public static int length(int count) {
    return HEADER_LENGTH + Float.BYTES * count;
  }

  /** Writes a push's header. */
  public static void putPush(
      MutableDirectBuffer buffer, int offset, PushName name, int shard, int chunk, int count) {
    putCommon(buffer, offset, PUSH, name.run(), shard, name.step(), chunk, count);
    buffer.putInt(offset + WORKER, name.worker());
    buffer.putLong(offset + INCARNATION, name.incarnation());
    buffer.putInt(offset + NODE, name.node());
    buffer.putInt(offset + CHECK, check(buffer, offset));
  }

  /** Writes a header of weights that have had {@code step} updates. */
  public static void putWeights(
      MutableDirectBuffer buffer,
      int offset,
      long run,
      int shard,
      long step,
      int chunk,
      int count) {
    putCommon(buffer, offset, WEIGHTS, run, shard, step, chunk, count);
    buffer.putInt(offset + WORKER, -1);
    buffer.putLong(offset + INCARNATION, 0);
    buffer.putInt(offset + NODE, 0);
    buffer.putInt(offset + CHECK, check(buffer, offset));
  }

  /**
   * Looks at a frame.
   *
   * @return whether it is well-formed, of this version and of type {@code type}; if not, no other
   *     method may be called
   */
  public boolean wrap(DirectBuffer frame, int frameOffset, int frameLength, int type) {
    if (frameLength < HEADER_LENGTH
        || frameOffset < 0
        || frameLength > frame.capacity() - frameOffset) {
      return false;
    }
    buffer = frame;
    offset = frameOffset;
    return frame.getByte(frameOffset) == VERSION
        && frame.getByte(frameOffset + 1) == type
        && frame.getByte(frameOffset + 2) == FLOAT32
        && frame.getByte(frameOffset + 3) == 0
        && frame.getInt(frameOffset + LENGTH) == frameLength
        && frame.getLong(frameOffset + ZERO) == 0
        && frame.getInt(frameOffset + CHECK) == check(frame, frameOffset)
        && count() >= 1
        && (frameLength - HEADER_LENGTH) % Float.BYTES == 0
        && count() == (frameLength - HEADER_LENGTH) / Float.BYTES;
  }

  public long run() {
    return buffer.getLong(offset + RUN);
  }

  public int shard() {
    return buffer.getInt(offset + SHARD);
  }

  public int worker() {
    return buffer.getInt(offset + WORKER);
  }

  public long incarnation() {
    return buffer.getLong(offset + INCARNATION);
  }

  public long step() {
    return buffer.getLong(offset + STEP);
  }

  public int node() {
    return buffer.getInt(offset + NODE);
  }

  public int chunk() {
    return buffer.getInt(offset + CHUNK);
  }

  public int count() {
    return buffer.getInt(offset + COUNT);
  }

  /** Copies the elements into {@code into[0...]}. */
  public void read(float[] into) {
    Floats.read(buffer, offset + HEADER_LENGTH, into, 0, count());
  }

  /** Copies the elements to {@code target}, from {@code index} on. */
  public void read(MutableDirectBuffer target, int index) {
    target.putBytes(index, buffer, offset + HEADER_LENGTH, Float.BYTES * count());
  }

  private static void putCommon(
      MutableDirectBuffer buffer,
      int offset,
      int type,
      long run,
      int shard,
      long step,
      int chunk,
      int count) {
    buffer.putInt(offset, VERSION | type << 8 | FLOAT32 << 16);
    buffer.putInt(offset + LENGTH, length(count));
    buffer.putLong(offset + RUN, run);
    buffer.putInt(offset + SHARD, shard);
    buffer.putLong(offset + STEP, step);
    buffer.putInt(offset + CHUNK, chunk);
    buffer.putInt(offset + COUNT, count);
    buffer.putLong(offset + ZERO, 0);
  }

  private static int check(DirectBuffer buffer, int offset) {
    long hash = 0;
    for (int i = 0; i < COUNT; i += Long.BYTES) {
      hash = Checksum.mix(hash, buffer.getLong(offset + i));
    }
    hash = Checksum.mix(hash, buffer.getInt(offset + COUNT));
    return (int) (hash ^ (hash >>> 32));
  }
}
