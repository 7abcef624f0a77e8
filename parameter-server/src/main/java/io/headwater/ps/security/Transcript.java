package io.headwater.ps.security;

import io.headwater.ps.security.HandshakeMessage.Block;
import io.headwater.ps.security.HandshakeMessage.Challenge;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;

/**
 * All that two ends have told each other, in bytes of fixed places, and what follows from it and
 * the secret: proofs and keys. Whoever changed a single field gets other proofs and other keys.
 */
final class Transcript {
  /** Which of the proofs; keeps one from being used as another. */
  enum Step {
    CHALLENGE,
    PROOF,
    WELCOME
  }

  private static final byte[] LABEL = "headwater v1".getBytes(StandardCharsets.US_ASCII);

  private final RunSecret secret;
  private final byte[] bytes;
  private final byte[] nonces;

  /**
   * @param challenge its proof is not looked at
   */
  Transcript(RunSecret secret, long run, Challenge challenge) {
    this.secret = secret;
    ByteBuffer out = ByteBuffer.allocate(256);
    out.put(LABEL).put((byte) challenge.mode().ordinal()).putLong(run);
    put(out, challenge.initiator());
    put(out, challenge.responder());
    out.put(challenge.initiatorNonce().bytes()).put(challenge.nonce().bytes());
    out.put(challenge.salt().bytes()).putLong(challenge.floor());
    bytes = Arrays.copyOf(out.array(), out.position());
    nonces =
        ByteBuffer.allocate(2 * Block.LENGTH)
            .put(challenge.initiatorNonce().bytes())
            .put(challenge.nonce().bytes())
            .array();
  }

  Block proof(Step step) {
    Mac mac = Hkdf.hmac(Hkdf.expand(secret.extract(LABEL), LABEL, Hkdf.HASH_LENGTH));
    mac.update((byte) step.ordinal());
    mac.update(bytes);
    return new Block(mac.doFinal());
  }

  boolean proves(Step step, Block given) {
    return MessageDigest.isEqual(proof(step).bytes(), given.bytes());
  }

  /** The keys of what the initiator sends to this responder. */
  SenderKeys session() {
    return new SenderKeys(secret.extract(nonces), "session", bytes, 0);
  }

  /** The keys of what a responder sends to everyone. */
  static SenderKeys broadcast(RunSecret secret, Peer sender, Block salt, long floor) {
    ByteBuffer context = ByteBuffer.allocate(64);
    put(context, sender);
    return new SenderKeys(
        secret.extract(salt.bytes()),
        "broadcast",
        Arrays.copyOf(context.array(), context.position()),
        floor);
  }

  private static void put(ByteBuffer out, Peer peer) {
    out.put((byte) peer.role().ordinal()).putInt(peer.id()).putLong(peer.incarnation());
  }
}
