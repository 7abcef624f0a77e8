package io.headwater.ps.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.testing.FrameMutations;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Sealed frames that somebody has changed on their way. */
class FrameGateFuzzTest {
  private static final int BATCHES = 500; // in either mode
  private static final int FRAMES = 1_000; // of a batch
  private static final int SEALED = 64; // that they are made from
  private static final int WARM_UP = 20; // batches

  private final Random random = new Random(3);

  private byte[] sealed(FrameSealer sealer) {
    int length = 1 + random.nextInt(160);
    byte[] bytes = new byte[length + FrameSealer.TRAILER_LENGTH];
    random.nextBytes(bytes);
    sealer.seal(new UnsafeBuffer(bytes), 0, length);
    return bytes;
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void onlyWhatWasSealedIsLetInAndOnce(FrameMode mode) {
    FrameGate gate = new FrameGate(mode);
    Initiator worker =
        new Initiator(
            Handshakes.secret(), mode, Handshakes.RUN, Handshakes.WORKER, new FrameGate(mode));
    Handshakes.talk(worker, new Responder(Handshakes.secret(), mode, Handshakes.SHARD, gate));
    FrameSealer sealer = worker.sealer(0);
    long most = 0;
    for (int batch = 0; batch < BATCHES; batch++) {
      List<byte[]> samples = new ArrayList<>();
      Set<ByteBuffer> unseen = new HashSet<>();
      for (int i = 0; i < SEALED; i++) {
        samples.add(sealed(sealer));
        unseen.add(ByteBuffer.wrap(samples.get(i).clone()));
      }
      FrameMutations frames = new FrameMutations(batch, samples);
      for (int i = 0; i < FRAMES; i++) {
        byte[] bytes = frames.next();
        UnsafeBuffer frame = new UnsafeBuffer(bytes);
        long before = FrameMutations.allocated();
        FrameVerdict verdict = gate.open(frame, 0, bytes.length);
        if (batch > WARM_UP) {
          most = Math.max(most, FrameMutations.allocated() - before);
        }
        if (verdict == FrameVerdict.GENUINE) {
          assertThat(unseen.remove(ByteBuffer.wrap(bytes))).as("%d of %d", i, batch).isTrue();
        }
      }
    }
    for (FrameVerdict verdict : FrameVerdict.values()) {
      assertThat(gate.count(verdict)).as("%s", verdict).isGreaterThan(FRAMES);
    }
    assertThat(most).isLessThan(8 << 10); // the JDK's cipher objects
    byte[] next = sealed(sealer); // no forged number has moved the window on
    assertThat(gate.open(new UnsafeBuffer(next), 0, next.length)).isEqualTo(FrameVerdict.GENUINE);
  }
}
