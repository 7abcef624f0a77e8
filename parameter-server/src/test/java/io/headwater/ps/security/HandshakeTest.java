package io.headwater.ps.security;

import static io.headwater.ps.security.Handshakes.RUN;
import static io.headwater.ps.security.Handshakes.SHARD;
import static io.headwater.ps.security.Handshakes.WORKER;
import static io.headwater.ps.security.Handshakes.overTheWire;
import static io.headwater.ps.security.Handshakes.secret;
import static io.headwater.ps.security.Handshakes.talk;
import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.security.HandshakeMessage.Challenge;
import io.headwater.ps.security.HandshakeMessage.Hello;
import io.headwater.ps.security.HandshakeMessage.Proof;
import io.headwater.ps.security.HandshakeMessage.SecretNeeded;
import io.headwater.ps.security.HandshakeMessage.Welcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class HandshakeTest {
  private static final FrameMode MODE = FrameMode.AUTHENTICATE;

  private final FrameGate shardGate = new FrameGate(MODE);
  private final FrameGate workerGate = new FrameGate(MODE);
  private final Responder shard = new Responder(secret(), MODE, SHARD, shardGate);

  private Initiator worker(Peer peer) {
    return new Initiator(secret(), MODE, RUN, peer, workerGate);
  }

  private static UnsafeBuffer sealed(FrameSealer sealer) {
    UnsafeBuffer frame = new UnsafeBuffer(new byte[100 + FrameSealer.TRAILER_LENGTH]);
    sealer.seal(frame, 0, 100);
    return frame;
  }

  private static FrameVerdict verdict(FrameGate gate, UnsafeBuffer frame) {
    return gate.open(frame, 0, frame.capacity());
  }

  @Test
  void bothEndsTrustEachOthersFramesAfterwards() {
    Initiator worker = worker(WORKER);
    assertThat(talk(worker, shard)).isTrue();
    UnsafeBuffer push = sealed(worker.sealer(0));
    UnsafeBuffer weights = sealed(shard.sealer(2));
    assertThat(verdict(shardGate, push)).isEqualTo(FrameVerdict.GENUINE);
    assertThat(verdict(workerGate, weights)).isEqualTo(FrameVerdict.GENUINE);
    assertThat(verdict(workerGate, push)).isEqualTo(FrameVerdict.FOREIGN);
    assertThat(verdict(shardGate, weights)).isEqualTo(FrameVerdict.FOREIGN);
  }

  @Test
  void everyMessageMayBeLostOrComeTwice() {
    Initiator worker = worker(WORKER);
    HandshakeMessage hello = worker.next();
    HandshakeMessage challenge = shard.on(hello).orElseThrow();
    assertThat(shard.on(hello)).contains(challenge);
    worker.on(challenge);
    worker.on(challenge);
    HandshakeMessage proof = worker.next();
    HandshakeMessage welcome = shard.on(proof).orElseThrow();
    worker.on(welcome);
    UnsafeBuffer early = sealed(worker.sealer(0));
    assertThat(verdict(shardGate, early)).isEqualTo(FrameVerdict.GENUINE);
    assertThat(shard.on(proof)).contains(welcome);
    assertThat(verdict(shardGate, early)).isEqualTo(FrameVerdict.REPLAYED);
  }

  @Test
  void aResponderWithAnotherSecretIsRefusedInOneLine() {
    FrameGate gate = new FrameGate(MODE);
    Responder other = new Responder(secret("another secret 0123"), MODE, SHARD, gate);
    Initiator worker = worker(WORKER);
    assertThat(talk(worker, other)).isFalse();
    assertThat(worker.complaint().orElseThrow())
        .startsWith("Cannot trust shard 1 replica 0: ")
        .contains("worker 3")
        .doesNotContain("\n");
  }

  @Test
  void aFalseChallengeDoesNotKeepTheGenuineOneOut() {
    Initiator worker = worker(WORKER);
    Responder stranger =
        new Responder(secret("another secret 0123"), MODE, SHARD, new FrameGate(MODE));
    worker.on(stranger.on(worker.next()).orElseThrow());
    assertThat(worker.complaint()).isEmpty();
    assertThat(talk(worker, shard)).isTrue();
  }

  @Test
  void anInitiatorWithAnotherSecretIsNotAdmitted() {
    Hello hello = (Hello) worker(WORKER).next();
    Challenge challenge = (Challenge) shard.on(hello).orElseThrow();
    Transcript guessed = new Transcript(secret("another secret 0123"), RUN, challenge);
    Proof wrong = new Proof(WORKER, challenge.nonce(), guessed.proof(Transcript.Step.PROOF));
    assertThat(shard.on(wrong)).isEmpty();
    assertThat(shard.wrongProofs()).isEqualTo(1);
    UnsafeBuffer push =
        sealed(new FrameSealer(MODE, guessed.session().stream(0), new AtomicLong()));
    assertThat(verdict(shardGate, push)).isEqualTo(FrameVerdict.FOREIGN);
  }

  @Test
  void theChallengesOwnProofDoesNotServeAsAnAnswer() {
    Challenge challenge = (Challenge) shard.on(worker(WORKER).next()).orElseThrow();
    assertThat(shard.on(new Proof(WORKER, challenge.nonce(), challenge.proof()))).isEmpty();
    assertThat(shard.wrongProofs()).isEqualTo(1);
  }

  @Test
  void aRecordedHandshakeLetsNobodyInAgain() {
    Initiator worker = worker(WORKER);
    HandshakeMessage hello = worker.next();
    worker.on(shard.on(hello).orElseThrow());
    HandshakeMessage proof = worker.next();
    worker.on(shard.on(proof).orElseThrow());
    UnsafeBuffer push = sealed(worker.sealer(0));

    FrameGate gate = new FrameGate(MODE);
    Responder restarted =
        new Responder(secret(), MODE, new Peer(Role.SHARD, SHARD.id(), 100), gate);
    restarted.on(hello);
    assertThat(restarted.on(proof)).isEmpty();
    assertThat(verdict(gate, push)).isEqualTo(FrameVerdict.FOREIGN);

    assertThat(verdict(shardGate, push)).isEqualTo(FrameVerdict.GENUINE);
    shard.on(hello);
    shard.on(proof); // the welcome again, but no fresh window
    assertThat(verdict(shardGate, push)).isEqualTo(FrameVerdict.REPLAYED);
  }

  @Test
  void recordedFramesOfAnEarlierShardProcessAreForeign() {
    assertThat(talk(worker(WORKER), shard)).isTrue();
    FrameGate gate = new FrameGate(MODE);
    Responder restarted = new Responder(secret(), MODE, SHARD, new FrameGate(MODE));
    Initiator worker = new Initiator(secret(), MODE, RUN, WORKER, gate);
    assertThat(talk(worker, restarted)).isTrue();
    assertThat(verdict(gate, sealed(shard.sealer(2)))).isEqualTo(FrameVerdict.FOREIGN);
    assertThat(verdict(gate, sealed(restarted.sealer(2)))).isEqualTo(FrameVerdict.GENUINE);
  }

  @Test
  void framesFromBeforeTheChallengeAreReplays() {
    UnsafeBuffer before = sealed(shard.sealer(2));
    assertThat(talk(worker(WORKER), shard)).isTrue();
    assertThat(verdict(workerGate, before)).isEqualTo(FrameVerdict.REPLAYED);
    assertThat(verdict(workerGate, sealed(shard.sealer(2)))).isEqualTo(FrameVerdict.GENUINE);
  }

  @Test
  void aLaterIncarnationReplacesAnEarlierOneForGood() {
    Initiator old = worker(WORKER);
    assertThat(talk(old, shard)).isTrue();
    FrameSealer fenced = old.sealer(0);
    assertThat(verdict(shardGate, sealed(fenced))).isEqualTo(FrameVerdict.GENUINE);
    Initiator next = worker(new Peer(Role.WORKER, 3, 8));
    assertThat(talk(next, shard)).isTrue();
    assertThat(verdict(shardGate, sealed(fenced))).isEqualTo(FrameVerdict.FOREIGN);
    assertThat(talk(worker(WORKER), shard)).isFalse();
    assertThat(verdict(shardGate, sealed(next.sealer(0)))).isEqualTo(FrameVerdict.GENUINE);
  }

  @Test
  void anIncarnationMayHaveSeveralSessionsAndTheOldestGivesWay() {
    List<FrameSealer> sealers = new ArrayList<>();
    for (int session = 0; session <= Responder.MAX_SESSIONS; session++) {
      Initiator worker = worker(WORKER);
      assertThat(talk(worker, shard)).isTrue();
      sealers.add(worker.sealer(0));
    }
    assertThat(verdict(shardGate, sealed(sealers.remove(0)))).isEqualTo(FrameVerdict.FOREIGN);
    sealers.forEach(
        sealer -> assertThat(verdict(shardGate, sealed(sealer))).isEqualTo(FrameVerdict.GENUINE));
  }

  @Test
  void namesFrameModesThatDiffer() {
    Initiator worker =
        new Initiator(secret(), FrameMode.ENCRYPT, RUN, WORKER, new FrameGate(FrameMode.ENCRYPT));
    assertThat(talk(worker, shard)).isFalse();
    assertThat(worker.complaint().orElseThrow())
        .contains("its security.frames is authenticate, that of worker 3 is encrypt");
  }

  @Test
  void aChallengeOfAnotherRunProvesNothing() {
    Initiator worker = worker(WORKER);
    Hello hello = (Hello) worker.next();
    Hello moved = new Hello(hello.initiator(), hello.mode(), RUN + 1, hello.nonce());
    HandshakeMessage challenge = shard.on(moved).orElseThrow();
    worker.on(challenge);
    assertThat(worker.next()).isEqualTo(hello);
  }

  @Test
  void aFloodOfHellosTakesBoundedMemoryAndKeepsAdmittedPeers() {
    Initiator admitted = worker(WORKER);
    assertThat(talk(admitted, shard)).isTrue();
    for (int i = 0; i < 3 * Responder.MAX_PENDING; i++) {
      shard.on(worker(new Peer(Role.WORKER, i, 1)).next());
    }
    assertThat(shard.pending()).isEqualTo(Responder.MAX_PENDING);
    assertThat(verdict(shardGate, sealed(admitted.sealer(0)))).isEqualTo(FrameVerdict.GENUINE);
    assertThat(talk(worker(new Peer(Role.WORKER, 4, 1)), shard)).isTrue();
  }

  @Test
  void anyChangedBitOfAnAnswerIsNotAccepted() {
    Hello hello = (Hello) worker(WORKER).next();
    Challenge challenge = (Challenge) shard.on(hello).orElseThrow();
    byte[] frame =
        HandshakeCodec.encode(
            new Proof(
                WORKER,
                challenge.nonce(),
                new Transcript(secret(), RUN, challenge).proof(Transcript.Step.PROOF)));
    for (int bit = 0; bit < 8 * frame.length; bit++) {
      byte[] changed = frame.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      Optional<HandshakeMessage> read =
          HandshakeCodec.decode(new UnsafeBuffer(changed), 0, changed.length);
      assertThat(read.flatMap(shard::on)).as("bit %d", bit).isEmpty();
    }
    assertThat(HandshakeCodec.decode(new UnsafeBuffer(frame), 0, frame.length).flatMap(shard::on))
        .containsInstanceOf(Welcome.class);
  }

  @Test
  void saysThatASecretIsNeeded() {
    assertThat(overTheWire(new SecretNeeded(SHARD))).isEqualTo(new SecretNeeded(SHARD));
  }
}
