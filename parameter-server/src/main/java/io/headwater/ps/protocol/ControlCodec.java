package io.headwater.ps.protocol;

import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * Control messages as frames.
 *
 * <pre>
 *  0 u8  version      1 u8  type (3 = request, 4 = event)   2 u8 tag   3 u8 flags (0)
 *  4 i32 length of the frame in bytes, header included
 *  8 i64 run key
 * 16 i64 check: hash of tag, run key and body
 * 24 body: the fields in order; text and lists start with an i32 count
 * </pre>
 *
 * <p>One per thread: the buffer of {@link #encode} is used again by the next call.
 */
public final class ControlCodec {
  /** A decoded message and the run that it belongs to. */
  public record Decoded(long run, ControlMessage message) {}

  private static final int REQUEST = 3;
  private static final int EVENT = 4;
  private static final int LENGTH = 4;
  private static final int RUN = 8;
  private static final int CHECK = 16;
  private static final int BODY = 24;

  private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(1024);

  /** Encodes a message into {@link #buffer()} from 0 on and returns its length. */
  public int encode(long run, ControlMessage message) {
    ControlWriter out = new ControlWriter(buffer, BODY);
    int tag;
    int type;
    if (message instanceof Request request) {
      type = REQUEST;
      tag = RequestCodec.write(request, out);
    } else {
      type = EVENT;
      tag = EventCodec.write((Event) message, out);
    }
    int length = out.position();
    buffer.putInt(0, ChunkFrame.VERSION | type << 8 | tag << 16);
    buffer.putInt(LENGTH, length);
    buffer.putLong(RUN, run);
    buffer.putLong(CHECK, check(buffer, 0, length));
    return length;
  }

  public DirectBuffer buffer() {
    return buffer;
  }

  /** The message of a frame, or empty if the frame is malformed or of another version. */
  public static Optional<Decoded> decode(DirectBuffer frame, int offset, int length) {
    if (offset < 0 || length < BODY || length > frame.capacity() - offset) {
      return Optional.empty();
    }
    if (frame.getByte(offset) != ChunkFrame.VERSION
        || frame.getByte(offset + 3) != 0
        || frame.getInt(offset + LENGTH) != length
        || frame.getLong(offset + CHECK) != check(frame, offset, length)) {
      return Optional.empty();
    }
    int tag = frame.getByte(offset + 2);
    ControlReader in = new ControlReader(frame, offset + BODY, length - BODY);
    try {
      ControlMessage message =
          switch (frame.getByte(offset + 1)) {
            case REQUEST -> RequestCodec.read(tag, in);
            case EVENT -> EventCodec.read(tag, in);
            default -> throw new MalformedMessageException("type");
          };
      in.finish();
      return Optional.of(new Decoded(frame.getLong(offset + RUN), message));
    } catch (RuntimeException e) {
      // Also what the records' own checks throw: their values come from the network here.
      return Optional.empty();
    }
  }

  private static long check(DirectBuffer frame, int offset, int length) {
    long hash = Checksum.of(frame, offset + BODY, length - BODY);
    hash = Checksum.mix(hash, frame.getInt(offset));
    return Checksum.mix(hash, frame.getLong(offset + RUN));
  }
}
