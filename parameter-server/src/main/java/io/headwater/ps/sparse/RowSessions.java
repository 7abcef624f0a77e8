package io.headwater.ps.sparse;

import io.headwater.ps.protocol.RowFrame.Parties;
import java.util.function.Consumer;
import org.agrona.CloseHelper;

/** The newest start of each worker that a replica knows of. For one thread. */
final class RowSessions implements AutoCloseable {
  private final RowSession[] sessions;

  RowSessions(int workers) {
    sessions = new RowSession[workers];
  }

  boolean isWorker(int worker) {
    return worker >= 0 && worker < sessions.length;
  }

  /** The session of a worker in that very start; null if there is none. */
  RowSession of(int worker, long incarnation) {
    RowSession session = sessions[worker];
    return session != null && session.incarnation() == incarnation ? session : null;
  }

  /** Whether a later start of the worker than this one is known. */
  boolean isStale(int worker, long incarnation) {
    RowSession session = sessions[worker];
    return session != null && session.incarnation() > incarnation;
  }

  /** The session of a start that is not stale; begins one if it is new. */
  RowSession begin(Parties parties) {
    RowSession session = of(parties.worker(), parties.incarnation());
    if (session == null) {
      CloseHelper.close(sessions[parties.worker()]);
      session = new RowSession(parties);
      sessions[parties.worker()] = session;
    }
    return session;
  }

  void forEach(Consumer<RowSession> action) {
    for (RowSession session : sessions) {
      if (session != null) {
        action.accept(session);
      }
    }
  }

  /** Acknowledges what all replicas hold; returns the number of frames. */
  int flush(long held) {
    int work = 0;
    for (RowSession session : sessions) {
      if (session != null) {
        session.onHeld(held);
        work += session.flush();
      }
    }
    return work;
  }

  @Override
  public void close() {
    forEach(RowSession::close);
  }
}
