package io.headwater.ps.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.security.HandshakeMessage.Challenge;
import io.headwater.ps.security.HandshakeMessage.Hello;
import io.headwater.ps.security.HandshakeMessage.Proof;
import io.headwater.ps.security.HandshakeMessage.SecretNeeded;
import io.headwater.ps.security.HandshakeMessage.Welcome;
import io.headwater.ps.testing.FrameMutations;
import java.util.List;
import java.util.Optional;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Handshake frames that nobody has written. */
class HandshakeFuzzTest {
  private static final int FRAMES = 1_000_000;
  private static final int WARM_UP = 20_000;

  @Test
  void noFrameThrowsOrTakesMemoryOrReadsAsAnother() {
    List<HandshakeMessage> messages =
        List.of(
            new Hello(Handshakes.WORKER, FrameMode.ENCRYPT, Handshakes.RUN, Nonces.next()),
            new Challenge(
                Handshakes.WORKER,
                Handshakes.SHARD,
                FrameMode.AUTHENTICATE,
                Nonces.next(),
                Nonces.next(),
                Nonces.next(),
                7,
                Nonces.next()),
            new Proof(Handshakes.WORKER, Nonces.next(), Nonces.next()),
            new Welcome(Handshakes.WORKER, Nonces.next(), Nonces.next()),
            new SecretNeeded(Handshakes.SHARD));
    FrameMutations frames =
        new FrameMutations(9, messages.stream().map(HandshakeCodec::encode).toList());
    int accepted = 0;
    long most = 0;
    for (int i = 0; i < FRAMES; i++) {
      byte[] bytes = frames.next();
      long before = FrameMutations.allocated();
      Optional<HandshakeMessage> decoded =
          HandshakeCodec.decode(new UnsafeBuffer(bytes), 0, bytes.length);
      if (i > WARM_UP) {
        most = Math.max(most, FrameMutations.allocated() - before);
      }
      if (decoded.isPresent()) {
        accepted++;
        assertThat(HandshakeCodec.encode(decoded.get())).isEqualTo(bytes);
      }
    }
    assertThat(accepted).isBetween(FRAMES / 20, FRAMES - FRAMES / 5);
    assertThat(most).isLessThan(8 << 10);
  }
}
