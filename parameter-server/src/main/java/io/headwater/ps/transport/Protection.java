package io.headwater.ps.transport;

import io.headwater.checkpoint.UserException;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.security.FrameGate;
import io.headwater.ps.security.FrameMode;
import io.headwater.ps.security.FrameSealer;
import io.headwater.ps.security.Initiator;
import io.headwater.ps.security.Peer;
import io.headwater.ps.security.Responder;
import io.headwater.ps.security.RunSecret;
import io.headwater.ps.security.RunSecurity;
import java.util.function.Supplier;
import org.agrona.concurrent.NanoClock;

/**
 * Guards the ways of one process that lead over a network, as the run's security says; ways through
 * shared memory are protected by the permissions of its files, and stay as they are.
 */
public final class Protection {
  private static final int AERON_HEADER = 32;

  private final FrameMode mode;
  private final RunSecret secret; // null: nothing is guarded
  private final NanoClock clock;

  private Protection(FrameMode mode, RunSecret secret, NanoClock clock) {
    this.mode = mode;
    this.secret = secret;
    this.clock = clock;
  }

  /**
   * Reads the secret.
   *
   * @throws UserException if there should be one, but it cannot be used
   */
  public static Protection of(RunSecurity security, NanoClock clock) {
    return new Protection(security.frames(), security.isOn() ? security.secret() : null, clock);
  }

  /** Whether what goes over a network is protected. */
  public boolean isOn() {
    return secret != null;
  }

  /**
   * A client's way to a shard.
   *
   * @param run key of the run
   */
  public ShardRoute guard(ShardRoute way, long run, Peer self) {
    if (!isOn() || way.isLocal()) {
      return way;
    }
    checkMtu(way.endpoint());
    FrameGate gate = new FrameGate(mode);
    ClientHandshake handshake =
        new ClientHandshake(
            way.endpoint(), attempts(run, self, gate), gate, way.requests(), way.answers(), clock);
    return new GuardedShardRoute(way, handshake, clientsGuard(self, gate));
  }

  /** A client's way to a run's coordinator. */
  public CoordinatorRoute guard(CoordinatorRoute way, long run, Peer self) {
    if (!isOn() || way.isLocal()) {
      return way;
    }
    FrameGate gate = new FrameGate(mode);
    ClientHandshake handshake =
        new ClientHandshake(
            "the coordinator",
            attempts(run, self, gate),
            gate,
            way.requests(),
            way.answers(),
            clock);
    return new GuardedCoordinatorRoute(way, handshake, clientsGuard(self, gate));
  }

  private Supplier<Initiator> attempts(long run, Peer self, FrameGate gate) {
    return () -> new Initiator(secret, mode, run, self, gate);
  }

  private static FrameGuard clientsGuard(Peer self, FrameGate gate) {
    return new FrameGuard(self.role(), gate, () -> {});
  }

  /** A shard's own end. */
  public ShardEnd guard(ShardEnd end, Peer self) {
    if (!isOn() || end.isLocal()) {
      return end;
    }
    checkMtu(end.endpoint());
    return new GuardedShardEnd(end, server(self, end.publishAnswers()));
  }

  /** A coordinator's own end. */
  public CoordinatorEnd guard(CoordinatorEnd end, Peer self) {
    return !isOn() || end.isLocal()
        ? end
        : new GuardedCoordinatorEnd(end, server(self, end.publishAnswers()));
  }

  private ServerHandshake server(Peer self, MessageOutlet answers) {
    FrameGate gate = new FrameGate(mode);
    return new ServerHandshake(self, new Responder(secret, mode, self, gate), gate, answers, clock);
  }

  private static void checkMtu(ShardEndpoint endpoint) {
    int needed =
        AERON_HEADER + ChunkFrame.length(endpoint.chunkElements()) + FrameSealer.TRAILER_LENGTH;
    if (needed > endpoint.mtu()) {
      throw new UserException(
          "Cannot use MTU "
              + endpoint.mtu()
              + " for "
              + endpoint
              + " with security.frames: a protected chunk needs "
              + needed
              + " bytes");
    }
  }
}
