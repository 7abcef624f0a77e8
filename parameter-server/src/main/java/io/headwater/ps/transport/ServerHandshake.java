package io.headwater.ps.transport;

import io.aeron.logbuffer.FragmentHandler;
import io.headwater.ps.security.FrameGate;
import io.headwater.ps.security.FrameSealer;
import io.headwater.ps.security.HandshakeCodec;
import io.headwater.ps.security.HandshakeMessage;
import io.headwater.ps.security.HandshakeMessage.SecretNeeded;
import io.headwater.ps.security.Peer;
import io.headwater.ps.security.Responder;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The side of the challenge-response that lets in: answers what clients say among their requests.
 * For one thread.
 */
final class ServerHandshake {
  private static final Logger LOG = LoggerFactory.getLogger(ServerHandshake.class);
  private static final long EXPLAIN_NS = TimeUnit.MILLISECONDS.toNanos(300);

  private final Peer self;
  private final Responder responder;
  private final FrameGuard guard;
  private final MessageOutlet answers;
  private final NanoClock clock;
  private long explainedNs;
  private long warnedOf;
  private boolean refusedBefore;

  /**
   * @param gate lets in whom the responder admits
   */
  ServerHandshake(
      Peer self, Responder responder, FrameGate gate, MessageOutlet answers, NanoClock clock) {
    this.self = self;
    this.responder = responder;
    this.answers = answers;
    this.clock = clock;
    guard = new FrameGuard(self.role(), gate, this::explain);
    explainedNs = clock.nanoTime() - EXPLAIN_NS;
  }

  FrameGuard guard() {
    return guard;
  }

  /** Seals what goes out to everyone on a stream. */
  FrameSealer sealer(int stream) {
    return responder.sealer(stream);
  }

  /** Keeps to itself what belongs to the handshake, and passes the rest on. */
  MessageInlet withoutHandshakes(MessageInlet from) {
    return new MessageInlet() {
      private FragmentHandler receiver;
      private final FragmentHandler sorter =
          (buffer, offset, length, header) -> {
            if (HandshakeCodec.isHandshake(buffer, offset, length)) {
              HandshakeCodec.decode(buffer, offset, length).ifPresent(ServerHandshake.this::hear);
            } else {
              receiver.onFragment(buffer, offset, length, header);
            }
          };

      @Override
      public int poll(FragmentHandler handler, int limit) {
        receiver = handler;
        return from.poll(sorter, limit);
      }

      @Override
      public boolean isConnected() {
        return from.isConnected();
      }

      @Override
      public void close() {
        from.close();
      }
    };
  }

  private void hear(HandshakeMessage message) {
    responder.on(message).ifPresent(this::say);
    if (responder.wrongProofs() > warnedOf) {
      if (Long.bitCount(responder.wrongProofs()) == 1) { // ever more rarely
        LOG.warn("{}: {} wrong proofs of the run's secret so far", self, responder.wrongProofs());
      }
      warnedOf = responder.wrongProofs();
    }
  }

  // Whoever had a session with an earlier start of this process learns here that it is over.
  private void explain() {
    long nowNs = clock.nanoTime();
    if (nowNs - explainedNs > EXPLAIN_NS) {
      explainedNs = nowNs;
      say(new SecretNeeded(self));
    }
    if (!refusedBefore) {
      refusedBefore = true;
      LOG.warn(
          "{}: frames come in that nobody with the run's secret has sent, or to an earlier start of"
              + " this process; they are counted in headwater_ps_frames_total and dropped",
          self);
    }
  }

  // Not sent is as good as lost: who needs an answer asks again.
  private void say(HandshakeMessage message) {
    byte[] frame = HandshakeCodec.encode(message);
    answers.offer(new UnsafeBuffer(frame), 0, frame.length);
  }
}
