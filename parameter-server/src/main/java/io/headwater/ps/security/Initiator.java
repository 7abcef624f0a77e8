package io.headwater.ps.security;

import io.headwater.ps.security.HandshakeMessage.Challenge;
import io.headwater.ps.security.HandshakeMessage.Hello;
import io.headwater.ps.security.HandshakeMessage.Proof;
import io.headwater.ps.security.HandshakeMessage.Welcome;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The end that wants in: says hello, checks the challenge, answers it. Sends nothing itself: {@link
 * #next} is what to send, again and again, until {@link #isWelcome}. For one thread.
 */
public final class Initiator {
  private static final int CONVINCING = 5;

  private final RunSecret secret;
  private final FrameMode mode;
  private final long run;
  private final Peer self;
  private final Hello hello;
  private final FrameGate gate;
  private final AtomicLong sequence = new AtomicLong(); // of all streams: no nonce comes twice
  private Transcript transcript;
  private Proof proof;
  private SenderKeys session;
  private SenderKeys responderKeys;
  private int refused; // challenges
  private String complaint = ""; // about the last of these
  private boolean welcome;

  /**
   * @param gate lets the responder's frames in from the challenge on
   */
  public Initiator(RunSecret secret, FrameMode mode, long run, Peer self, FrameGate gate) {
    this.secret = Objects.requireNonNull(secret, "secret");
    this.mode = Objects.requireNonNull(mode, "mode");
    this.run = run;
    this.self = Objects.requireNonNull(self, "self");
    this.gate = Objects.requireNonNull(gate, "gate");
    hello = new Hello(self, mode, run, Nonces.next());
  }

  /** What the responder should hear next. */
  public HandshakeMessage next() {
    return proof == null ? hello : proof;
  }

  public boolean isWelcome() {
    return welcome;
  }

  /** Takes in what a responder says; messages to others are ignored. */
  public void on(HandshakeMessage message) {
    if (message instanceof Challenge challenge) {
      onChallenge(challenge);
    } else if (message instanceof Welcome m
        && proof != null
        && m.initiator().equals(self)
        && m.nonce().equals(proof.nonce())) {
      welcome |= transcript.proves(Transcript.Step.WELCOME, m.proof());
    }
  }

  /**
   * Why no challenge was answered, if several were not: a single one may be damaged, or a
   * stranger's, and a better one may come after it.
   */
  public Optional<String> complaint() {
    return refused < CONVINCING ? Optional.empty() : Optional.of(complaint);
  }

  private void onChallenge(Challenge challenge) {
    if (proof != null
        || !challenge.initiator().equals(self)
        || !challenge.initiatorNonce().equals(hello.nonce())) {
      return;
    }
    Transcript heard = new Transcript(secret, run, challenge);
    if (challenge.mode() != mode) {
      refused++;
      complaint =
          "Cannot talk to "
              + challenge.responder()
              + ": its security.frames is "
              + challenge.mode()
              + ", that of "
              + self
              + " is "
              + mode
              + "; both must be the same";
    } else if (!heard.proves(Transcript.Step.CHALLENGE, challenge.proof())) {
      refused++;
      complaint =
          "Cannot trust "
              + challenge.responder()
              + ": it has not proved the secret that "
              + self
              + " has; all processes of a run must have the same secret";
    } else {
      answer(challenge, heard);
    }
  }

  private void answer(Challenge challenge, Transcript heard) {
    transcript = heard;
    session = heard.session();
    proof = new Proof(self, challenge.nonce(), heard.proof(Transcript.Step.PROOF));
    responderKeys =
        Transcript.broadcast(secret, challenge.responder(), challenge.salt(), challenge.floor());
    gate.admit(responderKeys);
  }

  /** The keys of what the responder sends to everyone; null before the challenge. */
  public SenderKeys responderKeys() {
    return responderKeys;
  }

  /** Protects what one thread sends to the responder on a stream. */
  public FrameSealer sealer(int stream) {
    if (!welcome) {
      throw new IllegalStateException("Cannot send as " + self + " before being welcome");
    }
    return new FrameSealer(mode, session.stream(stream), sequence);
  }
}
