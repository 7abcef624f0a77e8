package io.headwater.ps.security;

import io.headwater.ps.protocol.ShardEndpoint;
import java.util.Map;
import java.util.Optional;
import org.agrona.concurrent.UnsafeBuffer;

/** Challenge-responses between a worker and a shard, over bytes. */
final class Handshakes {
  static final long RUN = 42;
  static final Peer WORKER = new Peer(Role.WORKER, 3, 7);
  static final Peer SHARD = Peer.replica(ShardEndpoint.udp(1, "shard.invalid", 20_000), 99);

  private Handshakes() {}

  static RunSecret secret(String text) {
    return RunSecret.fromEnvironment("S", Map.of("S", text));
  }

  static RunSecret secret() {
    return secret("correct horse battery");
  }

  /** Lets the two talk until both are silent or the initiator is welcome. */
  static boolean talk(Initiator initiator, Responder responder) {
    for (int round = 0; round < 8 && !initiator.isWelcome(); round++) {
      responder.on(overTheWire(initiator.next())).ifPresent(m -> initiator.on(overTheWire(m)));
    }
    return initiator.isWelcome();
  }

  static HandshakeMessage overTheWire(HandshakeMessage message) {
    byte[] frame = HandshakeCodec.encode(message);
    Optional<HandshakeMessage> read =
        HandshakeCodec.decode(new UnsafeBuffer(frame), 0, frame.length);
    return read.orElseThrow(() -> new AssertionError("Cannot read " + message));
  }
}
