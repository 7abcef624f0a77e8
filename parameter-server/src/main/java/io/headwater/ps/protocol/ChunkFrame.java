package io.headwater.ps.protocol;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The frame about one chunk of gradients or weights, with its elements or with the place where they
 * lie; read where it is, never copied.
 *
 * <pre>
 *  0 u8  version      1 u8  type       2 u8  codec      3 u8  flags (0)
 *  4 i32 length of the frame in bytes, header included
 *  8 i64 run key
 * 16 i32 shard       20 i32 worker (-1 in weights and state)
 * 24 i64 incarnation of the worker (0 in weights and state)
 * 32 i64 step: of the weights that the gradient was computed from, or of these weights
 * 40 i32 node of the summation tree (0 in weights; in STATE, the slot)
 * 44 i32 chunk of the shard's range
 * 48 i32 count: of elements; in MISSING, of chunks
 * 52 i32 vector: number of the shared vector that holds the elements; 0 = they follow, if any
 * 56 i32 payload check: hash of what follows the header; 0 if nothing does
 * 60 i32 check: hash of bytes 0 to 59
 * 64 payload: count elements, as the codec has them
 * </pre>
 *
 * <p>A shared vector holds a whole flat gradient if it is a worker's, the shard's key range if it
 * is a shard's.
 *
 * <p>A flyweight over someone else's buffer: not thread-safe, valid until the buffer moves on.
 */
public final class ChunkFrame {
  public static final int HEADER_LENGTH = 64;
  public static final int VERSION = 5;

  /** Worker to shard: a gradient. */
  public static final int PUSH = 1;

  /** Shard to workers: weights. */
  public static final int WEIGHTS = 2;

  /** Shard to a worker: all chunks of a pushed node have been taken in. */
  public static final int ACCEPTED = 3;

  /** Shard to a worker: some consecutive chunks of a pushed node have not come. */
  public static final int MISSING = 4;

  /** Primary to a new replica: weights, or optimizer state, in the state slot that is the node. */
  public static final int STATE = 5;

  public static final int FLOAT32 = 0;

  private static final int CODECS = 5;

  private static final int LENGTH = 4;
  private static final int RUN = 8;
  private static final int SHARD = 16;
  private static final int WORKER = 20;
  private static final int INCARNATION = 24;
  private static final int STEP = 32;
  private static final int NODE = 40;
  private static final int CHUNK = 44;
  private static final int COUNT = 48;
  private static final int VECTOR = 52;
  private static final int PAYLOAD_CHECK = 56;
  private static final int CHECK = 60;

  private DirectBuffer buffer;
  private int offset;

  /** Bytes of a frame with {@code count} elements in it. */
  public static int length(int count) {
    return HEADER_LENGTH + Float.BYTES * count;
  }

  /** Writes the header of a push whose {@code bytes} of elements stand behind it already. */
  public static void putPush(
      MutableDirectBuffer buffer,
      int offset,
      PushName name,
      int shard,
      int chunk,
      int count,
      int codec,
      int bytes) {
    put(buffer, offset, PUSH, codec, name, shard, chunk, count, 0, bytes);
  }

  /** Writes a push whose elements lie in a shared vector. */
  public static void putSharedPush(
      MutableDirectBuffer buffer,
      int offset,
      PushName name,
      int shard,
      int chunk,
      int count,
      int vector) {
    put(buffer, offset, PUSH, FLOAT32, name, shard, chunk, count, vector, 0);
  }

  /** Writes the header of weights whose {@code bytes} of elements stand behind it already. */
  public static void putWeights(
      MutableDirectBuffer buffer,
      int offset,
      PushName of,
      int shard,
      int chunk,
      int count,
      int codec,
      int bytes) {
    put(buffer, offset, WEIGHTS, codec, of, shard, chunk, count, 0, bytes);
  }

  /** Writes the header of a chunk of state whose {@code count} elements stand behind it already. */
  public static void putState(
      MutableDirectBuffer buffer, int offset, PushName of, int shard, int chunk, int count) {
    put(buffer, offset, STATE, FLOAT32, of, shard, chunk, count, 0, Float.BYTES * count);
  }

  /** Writes weights whose elements lie in a shared vector. */
  public static void putSharedWeights(
      MutableDirectBuffer buffer,
      int offset,
      PushName of,
      int shard,
      int chunk,
      int count,
      int vector) {
    put(buffer, offset, WEIGHTS, FLOAT32, of, shard, chunk, count, vector, 0);
  }

  /** Writes that a push is complete at a shard. */
  public static void putAccepted(MutableDirectBuffer buffer, int offset, PushName name, int shard) {
    put(buffer, offset, ACCEPTED, FLOAT32, name, shard, 0, 0, 0, 0);
  }

  /** Writes that consecutive chunks of a push are missing. */
  public static void putMissing(
      MutableDirectBuffer buffer, int offset, PushName name, int shard, int chunk, int chunks) {
    put(buffer, offset, MISSING, FLOAT32, name, shard, chunk, chunks, 0, 0);
  }

  /**
   * Looks at a frame.
   *
   * @return whether it is well-formed and of this version; if not, no other method may be called
   */
  public boolean wrap(DirectBuffer frame, int frameOffset, int frameLength) {
    if (frameLength < HEADER_LENGTH
        || frameOffset < 0
        || frameLength > frame.capacity() - frameOffset) {
      return false;
    }
    buffer = frame;
    offset = frameOffset;
    return frame.getByte(frameOffset) == VERSION
        && frame.getByte(frameOffset + 2) >= FLOAT32
        && frame.getByte(frameOffset + 2) < CODECS
        && frame.getByte(frameOffset + 3) == 0
        && frame.getInt(frameOffset + LENGTH) == frameLength
        && frame.getInt(frameOffset + CHECK) == check(frame, frameOffset)
        && hasFittingPayload(frameLength - HEADER_LENGTH);
  }

  private boolean hasFittingPayload(int bytes) {
    boolean carriesElements = type() == PUSH || type() == WEIGHTS || type() == STATE;
    if (!carriesElements || vector() != 0) {
      return bytes == 0
          && codec() == FLOAT32
          && type() != STATE
          && buffer.getInt(offset + PAYLOAD_CHECK) == 0
          && (carriesElements ? count() >= 1 : vector() == 0 && namesChunksAsItsTypeDoes());
    }
    return bytes >= 1
        && (codec() == FLOAT32
            ? bytes % Float.BYTES == 0 && count() == bytes / Float.BYTES
            : type() != STATE && count() >= 1)
        && buffer.getInt(offset + PAYLOAD_CHECK)
            == Checksum.ofPayload(buffer, offset + HEADER_LENGTH, bytes);
  }

  private boolean namesChunksAsItsTypeDoes() {
    return type() == ACCEPTED ? chunk() == 0 && count() == 0 : type() == MISSING && count() >= 0;
  }

  public int type() {
    return buffer.getByte(offset + 1);
  }

  /** Number of the codec; whether the payload is one of its encodings, it says itself. */
  public int codec() {
    return buffer.getByte(offset + 2);
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

  /** Number of the shared vector that holds the elements; 0 if they are in the frame. */
  public int vector() {
    return buffer.getInt(offset + VECTOR);
  }

  /** Bytes of the frame. */
  public int length() {
    return buffer.getInt(offset + LENGTH);
  }

  /** What the frame lies in. */
  public DirectBuffer buffer() {
    return buffer;
  }

  /** Where in its buffer the payload begins. */
  public int payloadOffset() {
    return offset + HEADER_LENGTH;
  }

  /** Bytes of the payload. */
  public int payloadLength() {
    return length() - HEADER_LENGTH;
  }

  /** Which push the frame speaks of. */
  public PushName name() {
    return new PushName(run(), step(), node(), worker(), incarnation());
  }

  /** Whether the frame speaks of this push. */
  public boolean isOf(PushName name) {
    return run() == name.run()
        && step() == name.step()
        && node() == name.node()
        && worker() == name.worker()
        && incarnation() == name.incarnation();
  }

  /** Copies the elements of the payload into {@code into[0...]}. */
  public void read(float[] into) {
    Floats.read(buffer, offset + HEADER_LENGTH, into, 0, count());
  }

  /** Copies the elements of the payload into {@code into[from...]}. */
  public void read(float[] into, int from) {
    Floats.read(buffer, offset + HEADER_LENGTH, into, from, count());
  }

  /** Copies the elements of the payload to {@code target}, from {@code index} on. */
  public void read(MutableDirectBuffer target, int index) {
    target.putBytes(index, buffer, offset + HEADER_LENGTH, Float.BYTES * count());
  }

  private static void put(
      MutableDirectBuffer buffer,
      int offset,
      int type,
      int codec,
      PushName name,
      int shard,
      int chunk,
      int count,
      int vector,
      int payloadBytes) {
    buffer.putInt(offset, VERSION | type << 8 | codec << 16);
    buffer.putInt(offset + LENGTH, HEADER_LENGTH + payloadBytes);
    buffer.putLong(offset + RUN, name.run());
    buffer.putInt(offset + SHARD, shard);
    buffer.putInt(offset + WORKER, name.worker());
    buffer.putLong(offset + INCARNATION, name.incarnation());
    buffer.putLong(offset + STEP, name.step());
    buffer.putInt(offset + NODE, name.node());
    buffer.putInt(offset + CHUNK, chunk);
    buffer.putInt(offset + COUNT, count);
    buffer.putInt(offset + VECTOR, vector);
    buffer.putInt(
        offset + PAYLOAD_CHECK,
        payloadBytes == 0 ? 0 : Checksum.ofPayload(buffer, offset + HEADER_LENGTH, payloadBytes));
    buffer.putInt(offset + CHECK, check(buffer, offset));
  }

  private static int check(DirectBuffer buffer, int offset) {
    long hash = 0;
    for (int i = 0; i < PAYLOAD_CHECK; i += Long.BYTES) {
      hash = Checksum.mix(hash, buffer.getLong(offset + i));
    }
    hash = Checksum.mix(hash, buffer.getInt(offset + PAYLOAD_CHECK));
    return (int) (hash ^ (hash >>> 32));
  }
}
