package io.headwater.ps.protocol;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/**
 * The frame that carries a set of rows of a sparse table, or asks for one; one fragment, read in
 * place. A set that is larger goes as several frames.
 *
 * <pre>
 *  0 u8  version      1 u8  type       2 u8  codec (0 float32)      3 u8  flags (0)
 *  4 i32 length of the frame in bytes, header included
 *  8 i64 run key
 * 16 i32 shard       20 i32 worker
 * 24 i64 incarnation of the worker
 * 32 i64 sequence    (meaning by type, see {@link Type})
 * 40 i64 mark
 * 48 i64 key of the table
 * 56 i32 count of ids
 * 60 i32 columns: float32 that follow for each id
 * 64 f32 learning rate (PUSH; else 0)
 * 68 i32 result (answers; else 0)
 * 72 i64 check: hash of all other bytes
 * 80 count i64 ids; then count * columns float32, one row per id. OPEN: a description instead
 * </pre>
 *
 * <p>A flyweight over someone else's buffer: not thread-safe, valid until the buffer moves on.
 */
public final class RowFrame {
  public static final int HEADER_LENGTH = 80;

  /**
   * What a frame is. From worker to shard: OPEN, PUSH, PULL; back: OPENED, PUSHED, ROWS. Those that
   * follow go between the replicas of a shard: {@code result} is the number of the link that they
   * belong to, and {@code mark} counts the frames of a link from 1, unbroken.
   */
  public enum Type {
    /**
     * Describes a table; {@code sequence} is the UDP port at which the worker hears answers, 0
     * through shared memory.
     */
    OPEN(16),
    /** Gradients; {@code sequence} counts the worker's pushes to the shard, from 1, unbroken. */
    PUSH(17),
    /**
     * Asks for rows; {@code sequence} names the question, {@code mark} is the sequence of the last
     * push that must be in the rows.
     */
    PULL(18),
    /** Answers OPEN by its {@code result}. */
    OPENED(19),
    /**
     * Pushes up to {@code sequence} have been dealt with; if {@code result} is not 0, it is that of
     * push {@code mark}, the first that was refused.
     */
    PUSHED(20),
    /** Answers PULL by its {@code sequence}; without rows if {@code result} is not 0. */
    ROWS(21),
    /** An OPEN that was taken in; without a worker (-1), a table whose rows follow. */
    COPIED_OPEN(22),
    /** A PUSH that was applied. */
    COPIED_PUSH(23),
    /** A part of rows: {@code sequence} says which, 1 being the weights, as in checkpoints. */
    RECORDS(24),
    /** The worker's pushes up to {@code sequence} are in the state. */
    SESSION(25),
    /** All of the state was sent. */
    COMPLETE(26),
    /**
     * The replica {@code worker} asks for link {@code sequence}; {@code mark} is 1 if it has the
     * state, 0 if it needs it.
     */
    ATTACH(27),
    /**
     * The replica {@code worker} and all after it hold the link's frames up to {@code sequence}.
     */
    HELD(28);

    private static final int FIRST = OPEN.code;

    private final int code;

    Type(int code) {
      this.code = code;
    }

    /** What a frame of a worker becomes when it is passed on. */
    private Type copied() {
      return this == OPEN ? COPIED_OPEN : this == PUSH ? COPIED_PUSH : this;
    }

    private static Type of(int code) {
      int index = code - FIRST;
      return index >= 0 && index < VALUES.length ? VALUES[index] : null;
    }
  }

  /**
   * Between whom a frame goes.
   *
   * @param run key of the run
   */
  public record Parties(long run, int shard, int worker, long incarnation) {}

  private static final Type[] VALUES = Type.values();
  private static final int VERSION = ChunkFrame.VERSION;
  private static final int LENGTH = 4;
  private static final int RUN = 8;
  private static final int SHARD = 16;
  private static final int WORKER = 20;
  private static final int INCARNATION = 24;
  private static final int SEQUENCE = 32;
  private static final int MARK = 40;
  private static final int TABLE = 48;
  private static final int COUNT = 56;
  private static final int COLUMNS = 60;
  private static final int RATE = 64;
  private static final int RESULT = 68;
  private static final int CHECK = 72;
  private static final int PROTECTION = 32; // trailer of a protected frame
  private static final int AERON_HEADER = 32;
  private static final int MAX_PORT = 0xffff;
  private static final long LONGS = UnsafeApi.arrayBaseOffset(long[].class);

  private DirectBuffer buffer;
  private int offset;
  private Type type;

  /** Bytes of a frame of {@code count} ids with {@code columns} values each. */
  public static int length(int count, int columns) {
    return Math.toIntExact(HEADER_LENGTH + count * bytesOfRow(columns));
  }

  /** Rows that a frame of one datagram of {@code mtu} bytes holds, protected or not; may be 0. */
  public static int rows(int mtu, int columns) {
    return (int) ((mtu - AERON_HEADER - HEADER_LENGTH - PROTECTION) / bytesOfRow(columns));
  }

  private static long bytesOfRow(int columns) {
    return Long.BYTES + (long) Float.BYTES * columns;
  }

  /** Writes a push of rows {@code from} to {@code from + count - 1} of a set. */
  public static void putPush(
      MutableDirectBuffer into,
      int at,
      Parties parties,
      long sequence,
      long table,
      RowSet set,
      int from,
      int count,
      float rate) {
    putHeader(into, at, Type.PUSH, parties, sequence, 0, table, count, set.columns());
    into.putFloat(at + RATE, rate);
    putRows(into, at, set, from, count, set.columns());
    seal(into, at);
  }

  /** Writes a question for rows {@code from} to {@code from + count - 1} of a set. */
  public static void putPull(
      MutableDirectBuffer into,
      int at,
      Parties parties,
      long sequence,
      long mark,
      long table,
      RowSet set,
      int from,
      int count) {
    putHeader(into, at, Type.PULL, parties, sequence, mark, table, count, 0);
    putRows(into, at, set, from, count, 0);
    seal(into, at);
  }

  /** Writes the answer to a pull: a whole set. */
  public static void putRows(
      MutableDirectBuffer into, int at, Parties parties, long sequence, long table, RowSet set) {
    putHeader(into, at, Type.ROWS, parties, sequence, 0, table, set.count(), set.columns());
    putRows(into, at, set, 0, set.count(), set.columns());
    seal(into, at);
  }

  /** Writes one part of some rows' records, for {@link #putOnLink}. */
  public static void putRecords(
      MutableDirectBuffer into, int at, Parties parties, long part, long table, RowSet set) {
    putHeader(into, at, Type.RECORDS, parties, part, 0, table, set.count(), set.columns());
    putRows(into, at, set, 0, set.count(), set.columns());
  }

  /** Makes a copy of a frame, which is there already, frame {@code number} of a link. */
  public static void putOnLink(MutableDirectBuffer into, int at, int link, long number) {
    into.putByte(at + 1, (byte) Type.of(into.getByte(at + 1)).copied().code);
    into.putLong(at + MARK, number);
    into.putInt(at + RESULT, link);
    seal(into, at);
  }

  /** Writes an answer without rows; its length is {@link #HEADER_LENGTH}. */
  public static void putAnswer(
      MutableDirectBuffer into,
      int at,
      Type type,
      Parties parties,
      long sequence,
      long mark,
      long table,
      int result) {
    putHeader(into, at, type, parties, sequence, mark, table, 0, 0);
    into.putInt(at + RESULT, result);
    seal(into, at);
  }

  /** Writes the description of a table; its length is {@link #HEADER_LENGTH} and its bytes'. */
  public static void putOpen(
      MutableDirectBuffer into, int at, Parties parties, int port, long table, byte[] description) {
    putHeader(into, at, Type.OPEN, parties, port, 0, table, 0, 0);
    into.putInt(at + LENGTH, HEADER_LENGTH + description.length);
    into.putBytes(at + HEADER_LENGTH, description);
    seal(into, at);
  }

  private static void putHeader(
      MutableDirectBuffer into,
      int at,
      Type type,
      Parties parties,
      long sequence,
      long mark,
      long table,
      int count,
      int columns) {
    into.putInt(at, VERSION | type.code << 8 | ChunkFrame.FLOAT32 << 16);
    into.putInt(at + LENGTH, length(count, columns));
    into.putLong(at + RUN, parties.run());
    into.putInt(at + SHARD, parties.shard());
    into.putInt(at + WORKER, parties.worker());
    into.putLong(at + INCARNATION, parties.incarnation());
    into.putLong(at + SEQUENCE, sequence);
    into.putLong(at + MARK, mark);
    into.putLong(at + TABLE, table);
    into.putInt(at + COUNT, count);
    into.putInt(at + COLUMNS, columns);
    into.putInt(at + RATE, 0);
    into.putInt(at + RESULT, 0);
  }

  private static void putRows(
      MutableDirectBuffer into, int at, RowSet set, int from, int count, int columns) {
    int ids = at + HEADER_LENGTH;
    into.boundsCheck(ids, length(count, columns) - HEADER_LENGTH);
    UnsafeApi.copyMemory(
        set.ids(),
        LONGS + (long) Long.BYTES * from,
        into.byteArray(),
        into.addressOffset() + ids,
        (long) Long.BYTES * count);
    Floats.write(set.values(), from * columns, count * columns, into, ids + Long.BYTES * count);
  }

  private static void seal(MutableDirectBuffer into, int at) {
    into.putLong(at + CHECK, check(into, at, into.getInt(at + LENGTH)));
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
    type = Type.of(frame.getByte(frameOffset + 1));
    return type != null
        && frame.getByte(frameOffset) == VERSION
        && frame.getByte(frameOffset + 2) == ChunkFrame.FLOAT32
        && frame.getByte(frameOffset + 3) == 0
        && frame.getInt(frameOffset + LENGTH) == frameLength
        && frame.getLong(frameOffset + CHECK) == check(frame, frameOffset, frameLength)
        && hasLength(frameLength - HEADER_LENGTH)
        && leavesUnusedFieldsZero();
  }

  private boolean hasLength(int bytes) {
    boolean fits =
        count() >= 0
            && count() <= bytes / Long.BYTES
            && columns() >= 0
            && columns() <= bytes / Float.BYTES;
    if (!fits) {
      return false; // so what follows cannot overflow
    }
    long rows = count() * bytesOfRow(columns());
    return switch (type) {
      case OPEN, COPIED_OPEN -> rows == 0 && columns() == 0;
      case PUSH, COPIED_PUSH, RECORDS -> count() >= 1 && columns() >= 1 && rows == bytes;
      case PULL -> count() >= 1 && columns() == 0 && rows == bytes;
      case ROWS -> count() == 0 ? bytes == 0 : columns() >= 1 && rows == bytes;
      case OPENED, PUSHED, SESSION, COMPLETE, ATTACH, HELD -> count() == 0 && bytes == 0;
    };
  }

  private boolean leavesUnusedFieldsZero() {
    boolean noRate = buffer.getInt(offset + RATE) == 0;
    return switch (type) {
      case OPEN -> mark() == 0 && noRate && result() == 0 && namesPort();
      case COPIED_OPEN -> noRate && namesPort();
      case PUSH -> mark() == 0 && result() == 0;
      case PULL -> noRate && result() == 0;
      case ROWS -> noRate && (count() == 0 || (mark() == 0 && result() == 0));
      case COPIED_PUSH -> true;
      case OPENED, PUSHED, RECORDS, SESSION, COMPLETE, ATTACH, HELD -> noRate;
    };
  }

  private boolean namesPort() {
    return sequence() == (sequence() & MAX_PORT);
  }

  public Type type() {
    return type;
  }

  public Parties parties() {
    return new Parties(run(), shard(), worker(), incarnation());
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

  public long sequence() {
    return buffer.getLong(offset + SEQUENCE);
  }

  public long mark() {
    return buffer.getLong(offset + MARK);
  }

  public long table() {
    return buffer.getLong(offset + TABLE);
  }

  public int count() {
    return buffer.getInt(offset + COUNT);
  }

  public int columns() {
    return buffer.getInt(offset + COLUMNS);
  }

  public float rate() {
    return buffer.getFloat(offset + RATE);
  }

  public int result() {
    return buffer.getInt(offset + RESULT);
  }

  /** Bytes of the frame, this header included. */
  public int length() {
    return buffer.getInt(offset + LENGTH);
  }

  /** What the frame lies in, from {@link #offset} on. */
  public DirectBuffer buffer() {
    return buffer;
  }

  public int offset() {
    return offset;
  }

  /** The bytes that describe a table, of an OPEN frame. */
  public byte[] description() {
    byte[] bytes = new byte[length() - HEADER_LENGTH];
    buffer.getBytes(offset + HEADER_LENGTH, bytes);
    return bytes;
  }

  /** Copies ids and, if there are any, values into a set, which becomes as long as the frame. */
  public void read(RowSet set) {
    int count = count();
    int columns = columns();
    set.resize(count, columns);
    int ids = offset + HEADER_LENGTH;
    buffer.boundsCheck(ids, length(count, columns) - HEADER_LENGTH);
    UnsafeApi.copyMemory(
        buffer.byteArray(),
        buffer.addressOffset() + ids,
        set.ids(),
        LONGS,
        (long) Long.BYTES * count);
    Floats.read(buffer, ids + Long.BYTES * count, set.values(), 0, count * columns);
  }

  private static long check(DirectBuffer frame, int at, int length) {
    long head = Checksum.of(frame, at, CHECK);
    int body = Checksum.ofPayload(frame, at + HEADER_LENGTH, length - HEADER_LENGTH);
    return Checksum.mix(head, body);
  }
}
