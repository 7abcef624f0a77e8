package io.headwater.ps.transport;

import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.FragmentHandler;
import io.headwater.ps.PsMetrics;
import io.headwater.ps.security.FrameGate;
import io.headwater.ps.security.FrameSealer;
import io.headwater.ps.security.FrameVerdict;
import io.headwater.ps.security.Role;
import io.prometheus.client.Counter;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * Puts the protection of frames around the channels of one process: seals what goes out, lets in
 * only what is genuine, and counts the rest. For one thread at a time.
 */
final class FrameGuard {
  /** Stream numbers of docs/security.md: each has a key of its own. */
  static final int PUSH = 0;

  static final int REQUEST = 1;
  static final int WEIGHTS = 2;
  static final int EVENT = 3;
  static final int ROWS = 4;

  private final FrameGate gate;
  private final Runnable onRefused;
  private final Map<FrameVerdict, Counter.Child> counts = new EnumMap<>(FrameVerdict.class);

  /**
   * @param receiver what the process is to the run, for the metric
   * @param onRefused told of each frame that is dropped
   */
  FrameGuard(Role receiver, FrameGate gate, Runnable onRefused) {
    this.gate = gate;
    this.onRefused = onRefused;
    for (FrameVerdict verdict : FrameVerdict.values()) {
      counts.put(verdict, PsMetrics.checkedFrames(receiver, verdict));
    }
  }

  private boolean isGenuine(DirectBuffer buffer, int offset, int length) {
    FrameVerdict verdict = gate.open(buffer, offset, length);
    if (verdict != FrameVerdict.GENUINE) {
      counts.get(verdict).inc();
      onRefused.run();
    }
    return verdict == FrameVerdict.GENUINE;
  }

  FrameInlet inlet(FrameInlet from) {
    return new FrameInlet() {
      private ControlledFragmentHandler receiver;
      private final ControlledFragmentHandler checker =
          (buffer, offset, length, header) -> {
            if (!isGenuine(buffer, offset, length)) {
              return Action.CONTINUE;
            }
            Action action =
                receiver.onFragment(gate.buffer(), gate.offset(), gate.length(), header);
            if (action == Action.ABORT) {
              gate.retract();
            } else {
              counts.get(FrameVerdict.GENUINE).inc();
            }
            return action;
          };

      @Override
      public int poll(ControlledFragmentHandler handler, int limit) {
        receiver = handler;
        return from.poll(checker, limit);
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

  MessageInlet inlet(MessageInlet from) {
    return new MessageInlet() {
      private FragmentHandler receiver;
      private final FragmentHandler checker =
          (buffer, offset, length, header) -> {
            if (isGenuine(buffer, offset, length)) {
              counts.get(FrameVerdict.GENUINE).inc();
              receiver.onFragment(gate.buffer(), gate.offset(), gate.length(), header);
            }
          };

      @Override
      public int poll(FragmentHandler handler, int limit) {
        receiver = handler;
        return from.poll(checker, limit);
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

  /**
   * @param sealer asked for with each frame: a new session has a new one
   */
  static FrameOutlet outlet(FrameOutlet to, Supplier<FrameSealer> sealer) {
    return new FrameOutlet() {
      @Override
      public long tryClaim(int length, BufferClaim claim) {
        return to.tryClaim(length + FrameSealer.TRAILER_LENGTH, claim);
      }

      @Override
      public void commit(BufferClaim claim) {
        int length = claim.length() - FrameSealer.TRAILER_LENGTH;
        sealer.get().seal(claim.buffer(), claim.offset(), length);
        to.commit(claim);
      }

      @Override
      public boolean isConnected() {
        return to.isConnected();
      }

      @Override
      public void close() {
        to.close();
      }
    };
  }

  /**
   * @param sealer asked for with each message: a new session has a new one
   */
  static MessageOutlet outlet(MessageOutlet to, Supplier<FrameSealer> sealer) {
    return new MessageOutlet() {
      private final ExpandableArrayBuffer frame = new ExpandableArrayBuffer();

      @Override
      public long offer(DirectBuffer buffer, int offset, int length) {
        frame.checkLimit(length + FrameSealer.TRAILER_LENGTH);
        frame.putBytes(0, buffer, offset, length);
        return to.offer(frame, 0, sealer.get().seal(frame, 0, length));
      }

      @Override
      public int maxMessageLength() {
        return to.maxMessageLength() - FrameSealer.TRAILER_LENGTH;
      }

      @Override
      public boolean isConnected() {
        return to.isConnected();
      }

      @Override
      public void close() {
        to.close();
      }
    };
  }
}
