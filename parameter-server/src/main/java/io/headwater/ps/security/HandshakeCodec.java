package io.headwater.ps.security;

import io.headwater.ps.security.HandshakeMessage.Block;
import io.headwater.ps.security.HandshakeMessage.Challenge;
import io.headwater.ps.security.HandshakeMessage.Hello;
import io.headwater.ps.security.HandshakeMessage.Proof;
import io.headwater.ps.security.HandshakeMessage.SecretNeeded;
import io.headwater.ps.security.HandshakeMessage.Welcome;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.agrona.DirectBuffer;

/**
 * Handshake messages as frames: fields of fixed length, little-endian.
 *
 * <pre>
 *  0 u8 version   1 u8 type (5)   2 u8 tag (1 Hello, 2 Challenge, 3 Proof, 4 Welcome, 5 SecretNeeded)
 *  3 u8 flags (0) 4 i32 length of the frame in bytes, this header included
 *  8 the fields in order; a peer is i32 role, i32 id, i64 incarnation; a frame mode is an i32
 * </pre>
 */
public final class HandshakeCodec {
  /** Byte 1 of every handshake frame. */
  public static final int TYPE = 5;

  private static final int VERSION = 1;
  private static final int HEADER = 8;
  private static final int PEER = 2 * Integer.BYTES + Long.BYTES;
  private static final int HELLO = 1;
  private static final int CHALLENGE = 2;
  private static final int PROOF = 3;
  private static final int WELCOME = 4;
  private static final int SECRET_NEEDED = 5;

  private HandshakeCodec() {}

  /** The frame of a message. */
  public static byte[] encode(HandshakeMessage message) {
    int tag = tag(message);
    ByteBuffer out = ByteBuffer.allocate(length(tag)).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(VERSION | TYPE << 8 | tag << 16).putInt(out.capacity());
    if (message instanceof Hello m) {
      put(out, m.initiator()).putInt(m.mode().ordinal()).putLong(m.run()).put(m.nonce().bytes());
    } else if (message instanceof Challenge m) {
      put(put(out, m.initiator()), m.responder()).putInt(m.mode().ordinal());
      out.put(m.initiatorNonce().bytes()).put(m.nonce().bytes()).put(m.salt().bytes());
      out.putLong(m.floor()).put(m.proof().bytes());
    } else if (message instanceof Proof m) {
      put(out, m.initiator()).put(m.nonce().bytes()).put(m.proof().bytes());
    } else if (message instanceof Welcome m) {
      put(out, m.initiator()).put(m.nonce().bytes()).put(m.proof().bytes());
    } else if (message instanceof SecretNeeded m) {
      put(out, m.responder());
    }
    return out.array();
  }

  /** Whether a frame is to be given to {@link #decode}. */
  public static boolean isHandshake(DirectBuffer frame, int offset, int length) {
    return length >= HEADER
        && frame.getByte(offset) == VERSION
        && frame.getByte(offset + 1) == TYPE
        && frame.getInt(offset + Integer.BYTES) == length;
  }

  /** The message of a frame, or empty if the frame is malformed. */
  public static Optional<HandshakeMessage> decode(DirectBuffer frame, int offset, int length) {
    if (offset < 0 || length < HEADER || length > frame.capacity() - offset) {
      return Optional.empty();
    }
    int tag = frame.getByte(offset + 2);
    if (!isHandshake(frame, offset, length)
        || frame.getByte(offset + 3) != 0
        || tag < HELLO
        || tag > SECRET_NEEDED
        || length != length(tag)) {
      return Optional.empty();
    }
    byte[] bytes = new byte[length - HEADER];
    frame.getBytes(offset + HEADER, bytes);
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      return Optional.of(read(tag, in));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // a role, an id or a mode that does not exist
    }
  }

  private static HandshakeMessage read(int tag, ByteBuffer in) {
    return switch (tag) {
      case HELLO -> new Hello(peer(in), mode(in), in.getLong(), block(in));
      case CHALLENGE ->
          new Challenge(
              peer(in),
              peer(in),
              mode(in),
              block(in),
              block(in),
              block(in),
              in.getLong(),
              block(in));
      case PROOF -> new Proof(peer(in), block(in), block(in));
      case WELCOME -> new Welcome(peer(in), block(in), block(in));
      default -> new SecretNeeded(peer(in));
    };
  }

  private static int tag(HandshakeMessage message) {
    if (message instanceof Hello) {
      return HELLO;
    }
    if (message instanceof Challenge) {
      return CHALLENGE;
    }
    if (message instanceof Proof) {
      return PROOF;
    }
    return message instanceof Welcome ? WELCOME : SECRET_NEEDED;
  }

  private static int length(int tag) {
    return HEADER
        + switch (tag) {
          case HELLO -> PEER + Integer.BYTES + Long.BYTES + Block.LENGTH;
          case CHALLENGE -> 2 * PEER + Integer.BYTES + Long.BYTES + 4 * Block.LENGTH;
          case PROOF, WELCOME -> PEER + 2 * Block.LENGTH;
          default -> PEER;
        };
  }

  private static ByteBuffer put(ByteBuffer out, Peer peer) {
    return out.putInt(peer.role().ordinal()).putInt(peer.id()).putLong(peer.incarnation());
  }

  private static Peer peer(ByteBuffer in) {
    return new Peer(constant(Role.values(), in.getInt()), in.getInt(), in.getLong());
  }

  private static FrameMode mode(ByteBuffer in) {
    return constant(FrameMode.values(), in.getInt());
  }

  private static <T> T constant(T[] values, int ordinal) {
    if (ordinal < 0 || ordinal >= values.length) {
      throw new IllegalArgumentException("Cannot read constant " + ordinal);
    }
    return values[ordinal];
  }

  private static Block block(ByteBuffer in) {
    byte[] bytes = new byte[Block.LENGTH];
    in.get(bytes);
    return new Block(bytes);
  }
}
