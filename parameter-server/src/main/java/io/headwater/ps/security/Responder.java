package io.headwater.ps.security;

import io.headwater.ps.security.HandshakeMessage.Block;
import io.headwater.ps.security.HandshakeMessage.Challenge;
import io.headwater.ps.security.HandshakeMessage.Hello;
import io.headwater.ps.security.HandshakeMessage.Proof;
import io.headwater.ps.security.HandshakeMessage.Welcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The end that lets others in: a shard. Challenges whoever says hello and admits to its gate who
 * proves the secret; a later incarnation of a peer takes the place of an earlier one, which stays
 * out. What it sends itself, to everyone, is protected by keys of its own: the salt they are made
 * from is drawn when it starts, and confirmed in each challenge, so that recordings of an earlier
 * process are worth nothing. For one thread.
 */
public final class Responder {
  /** Hellos without proof that are remembered; the oldest is forgotten for a new one. */
  static final int MAX_PENDING = 1024;

  /** Sessions of one incarnation of a peer; the oldest gives way to a new one. */
  static final int MAX_SESSIONS = 8;

  private record Pending(Challenge challenge, Transcript transcript) {}

  private record Admitted(Peer peer, Block nonce, SenderKeys keys, Welcome welcome) {}

  private record Place(Role role, int id) {
    static Place of(Peer peer) {
      return new Place(peer.role(), peer.id());
    }
  }

  private static final ArrayDeque<Admitted> NOBODY = new ArrayDeque<>();

  private final RunSecret secret;
  private final FrameMode mode;
  private final Peer self;
  private final FrameGate gate;
  private final Block salt = Nonces.next();
  private final AtomicLong sequence = new AtomicLong();
  private final SenderKeys own;
  private final Map<Hello, Pending> pending = new LinkedHashMap<>();
  private final Map<Block, Hello> byNonce = new HashMap<>();
  private final Map<Place, ArrayDeque<Admitted>> admitted = new HashMap<>();
  private long wrongProofs;

  public Responder(RunSecret secret, FrameMode mode, Peer self, FrameGate gate) {
    this.secret = Objects.requireNonNull(secret, "secret");
    this.mode = Objects.requireNonNull(mode, "mode");
    this.self = Objects.requireNonNull(self, "self");
    this.gate = Objects.requireNonNull(gate, "gate");
    own = Transcript.broadcast(secret, self, salt, 0);
  }

  /** Protects what one thread sends to everyone on a stream. */
  public FrameSealer sealer(int stream) {
    return new FrameSealer(mode, own.stream(stream), sequence);
  }

  /** The answer to what an initiator says, if it deserves one. */
  public Optional<HandshakeMessage> on(HandshakeMessage message) {
    if (message instanceof Hello hello) {
      return onHello(hello);
    }
    return message instanceof Proof proof ? onProof(proof) : Optional.empty();
  }

  /** How many proofs were made with another secret, or by nobody who was asked for one. */
  public long wrongProofs() {
    return wrongProofs;
  }

  int pending() {
    return pending.size();
  }

  private Optional<HandshakeMessage> onHello(Hello hello) {
    if (isReplaced(hello.initiator())) {
      return Optional.empty();
    }
    Pending known = pending.get(hello);
    return Optional.of((known == null ? challenge(hello) : known).challenge());
  }

  private Pending challenge(Hello hello) {
    Block nonce = Nonces.next();
    Challenge unproved = challenge(hello, nonce, sequence.get(), nonce);
    Transcript transcript = new Transcript(secret, hello.run(), unproved);
    Block proof = transcript.proof(Transcript.Step.CHALLENGE);
    Pending fresh = new Pending(challenge(hello, nonce, unproved.floor(), proof), transcript);
    pending.put(hello, fresh);
    byNonce.put(nonce, hello);
    if (pending.size() > MAX_PENDING) {
      forget(pending.keySet().iterator().next());
    }
    return fresh;
  }

  private Challenge challenge(Hello hello, Block nonce, long floor, Block proof) {
    return new Challenge(hello.initiator(), self, mode, hello.nonce(), nonce, salt, floor, proof);
  }

  private void forget(Hello hello) {
    byNonce.remove(pending.remove(hello).challenge().nonce());
  }

  private Optional<HandshakeMessage> onProof(Proof proof) {
    Place place = Place.of(proof.initiator());
    for (Admitted session : admitted.getOrDefault(place, NOBODY)) {
      if (session.peer().equals(proof.initiator()) && session.nonce().equals(proof.nonce())) {
        return Optional.of(session.welcome()); // the first welcome was lost
      }
    }
    Hello hello = byNonce.get(proof.nonce());
    if (hello == null
        || !hello.initiator().equals(proof.initiator())
        || hello.mode() != mode
        || !pending.get(hello).transcript().proves(Transcript.Step.PROOF, proof.proof())) {
      wrongProofs++;
      return Optional.empty();
    }
    return admit(hello);
  }

  private Optional<HandshakeMessage> admit(Hello hello) {
    Pending proved = pending.get(hello);
    forget(hello);
    Peer peer = hello.initiator();
    if (isReplaced(peer)) {
      return Optional.empty();
    }
    ArrayDeque<Admitted> sessions = sessions(peer);
    while (!sessions.isEmpty()
        && (sessions.size() == MAX_SESSIONS
            || sessions.peek().peer().incarnation() < peer.incarnation())) {
      gate.expel(sessions.remove().keys());
    }
    Block nonce = proved.challenge().nonce();
    Welcome welcome = new Welcome(peer, nonce, proved.transcript().proof(Transcript.Step.WELCOME));
    SenderKeys keys = proved.transcript().session();
    gate.admit(keys);
    sessions.add(new Admitted(peer, nonce, keys, welcome));
    return Optional.of(welcome);
  }

  private ArrayDeque<Admitted> sessions(Peer peer) {
    return admitted.computeIfAbsent(Place.of(peer), place -> new ArrayDeque<>());
  }

  private boolean isReplaced(Peer peer) {
    Deque<Admitted> sessions = admitted.get(Place.of(peer));
    return sessions != null
        && !sessions.isEmpty()
        && peer.incarnation() < sessions.peek().peer().incarnation();
  }
}
