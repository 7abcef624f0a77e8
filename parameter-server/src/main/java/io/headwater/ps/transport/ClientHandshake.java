package io.headwater.ps.transport;

import io.aeron.logbuffer.FragmentHandler;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.security.FrameGate;
import io.headwater.ps.security.FrameSealer;
import io.headwater.ps.security.HandshakeCodec;
import io.headwater.ps.security.HandshakeMessage;
import io.headwater.ps.security.HandshakeMessage.SecretNeeded;
import io.headwater.ps.security.Initiator;
import io.headwater.ps.security.SenderKeys;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's side of the challenge-response with one responder, for all channels of a route. Does
 * its part whenever one of them is used, and begins anew when the responder does not know the
 * session any more: it was started again. For one thread at a time.
 */
final class ClientHandshake {
  private static final Logger LOG = LoggerFactory.getLogger(ClientHandshake.class);
  private static final long REPEAT_NS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long RENEW_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(3);
  private static final int STREAMS = 5;
  private static final int FRAGMENTS = 10;

  private final Object responder;
  private final Supplier<Initiator> attempts;
  private final FrameGate gate;
  private final MessageOutlet said;
  private final MessageInlet heard;
  private final NanoClock clock;
  private final FragmentHandler answers =
      (buffer, offset, length, header) -> hear(buffer, offset, length);
  private final FrameSealer[] sealers = new FrameSealer[STREAMS]; // of the session
  private int channels; // that use it
  private Initiator session; // null: never welcome yet
  private Initiator attempt; // null: nothing to be proved now
  private long attemptedNs;
  private long saidNs;
  private long warnedNs;

  /**
   * @param responder its name, for messages
   * @param attempts each begins the challenge-response from the start
   * @param said the responder's unprotected requests
   * @param heard the responder's answers
   */
  ClientHandshake(
      Object responder,
      Supplier<Initiator> attempts,
      FrameGate gate,
      MessageOutlet said,
      MessageInlet heard,
      NanoClock clock) {
    this.responder = responder;
    this.attempts = attempts;
    this.gate = gate;
    this.said = said;
    this.heard = heard;
    this.clock = clock;
    begin(clock.nanoTime());
  }

  private void begin(long nowNs) {
    attempt = attempts.get();
    attemptedNs = nowNs;
    warnedNs = nowNs;
    saidNs = nowNs - REPEAT_NS;
  }

  /**
   * Whether frames can be sealed; says and hears what is due.
   *
   * @throws ParameterServerException if the responder has not proved the secret in time
   */
  boolean isWelcome() {
    heard.poll(answers, FRAGMENTS);
    if (attempt != null) {
      proceed(clock.nanoTime());
    }
    return session != null;
  }

  private void proceed(long nowNs) {
    if (attempt.isWelcome()) {
      enter(attempt);
    } else if (nowNs - saidNs >= REPEAT_NS) {
      saidNs = nowNs;
      byte[] frame = HandshakeCodec.encode(attempt.next());
      said.offer(new UnsafeBuffer(frame), 0, frame.length); // not sent is as good as lost
      if (nowNs - warnedNs > PATIENCE_NS) {
        warnedNs = nowNs;
        complain();
      }
    }
  }

  private void complain() {
    String reason = attempt.complaint().orElse("");
    if (!reason.isEmpty() && session == null) {
      throw new ParameterServerException(reason);
    }
    if (!reason.isEmpty()) {
      LOG.warn(reason);
    } else if (said.isConnected()) {
      LOG.warn("{} is there, but does not ask for the run's secret: has it one?", responder);
    }
  }

  private void enter(Initiator welcome) {
    if (session != null) {
      SenderKeys before = session.responderKeys();
      if (!before.areThoseOf(welcome.responderKeys())) {
        gate.expel(before); // the responder's process was started again
      }
    }
    session = welcome;
    attempt = null;
    for (int stream = 0; stream < STREAMS; stream++) {
      sealers[stream] = welcome.sealer(stream);
    }
  }

  private void hear(DirectBuffer buffer, int offset, int length) {
    if (HandshakeCodec.isHandshake(buffer, offset, length)) {
      HandshakeCodec.decode(buffer, offset, length).ifPresent(this::hear);
    }
  }

  private void hear(HandshakeMessage message) {
    long nowNs = clock.nanoTime();
    if (message instanceof SecretNeeded) {
      // It proves nothing: the session stays in use until a new one is proved.
      if (attempt == null && nowNs - attemptedNs > RENEW_NS) {
        begin(nowNs);
      }
    } else if (attempt != null) {
      HandshakeMessage before = attempt.next();
      attempt.on(message);
      if (before != attempt.next()) {
        saidNs = nowNs - REPEAT_NS; // the proof is not to wait
      }
    }
  }

  /** Seals what goes out on a stream, in the session of now. */
  FrameSealer sealer(int stream) {
    return sealers[stream];
  }

  /** One more channel uses it. */
  void open() {
    channels++;
  }

  /** One channel fewer uses it; after the last, it is over. */
  void close() {
    channels--;
    if (channels == 0) {
      said.close();
      heard.close();
    }
  }
}
