package io.headwater.ps.security;

import java.util.Arrays;

/**
 * The four messages by which two processes prove the run's secret to each other, and one for those
 * who do not know that they have to. Not protected by any frame key, because there is none yet.
 */
public sealed interface HandshakeMessage {
  /** Initiator: this is who I say I am. Repeated until challenged. */
  record Hello(Peer initiator, FrameMode mode, long run, Block nonce) implements HandshakeMessage {}

  /** Responder: prove it; this is my proof. */
  record Challenge(
      Peer initiator,
      Peer responder,
      FrameMode mode,
      Block initiatorNonce,
      Block nonce,
      Block salt,
      long floor,
      Block proof)
      implements HandshakeMessage {}

  /** Initiator: my proof. Repeated until welcome. */
  record Proof(Peer initiator, Block nonce, Block proof) implements HandshakeMessage {}

  /** Responder: you are in. */
  record Welcome(Peer initiator, Block nonce, Block proof) implements HandshakeMessage {}

  /** Responder, to whoever sends unprotected frames; proves nothing, only explains a silence. */
  record SecretNeeded(Peer responder) implements HandshakeMessage {}

  /** 32 bytes: a nonce, a salt or a proof. */
  record Block(byte[] bytes) {
    static final int LENGTH = 32;

    public Block {
      if (bytes.length != LENGTH) {
        throw new IllegalArgumentException("Cannot use " + bytes.length + " bytes: must be 32");
      }
      bytes = bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Block that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }
}
