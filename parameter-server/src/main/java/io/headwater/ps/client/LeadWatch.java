package io.headwater.ps.client;

import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunFailedException;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.transport.ControlSender;
import io.headwater.ps.transport.LeadLink;
import io.headwater.ps.transport.ShardRoute;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker knows of the run from the lead shard.
 *
 * <p>While the worker computes, a thread of its own sends heartbeats and takes events in, so that
 * neither the worker's lease ends nor the lead's event stream fills; while the worker waits in a
 * push or pull, the worker's thread takes events in itself, at once. The lock is between these two
 * and guards all fields.
 */
final class LeadWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeadWatch.class);
  private static final long BEAT_NS = TimeUnit.MILLISECONDS.toNanos(300);
  private static final long REPEAT_NS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long GOODBYE_NS = TimeUnit.SECONDS.toNanos(1);

  private final WorkerClientConfig config;
  private final LeadLink link;
  private final ControlSender beats;
  private final Thread beater;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean closed;
  private boolean joined;
  private boolean goodbyeHeard;
  private Event.PlanAnnounced plan;
  private Event ending;
  private String refusal;
  private List<Integer> missingWorkers = List.of();

  LeadWatch(WorkerClientConfig config, ShardRoute route) {
    this.config = config;
    link = new LeadLink(route, this::onEvent);
    link.follow(RunKey.of(config.runId()));
    beats = new ControlSender(route.requests());
    beater = new Thread(this::beat, "headwater-heartbeat-" + config.worker());
    beater.setDaemon(true);
  }

  void start() {
    beater.start();
  }

  boolean isConnected() {
    return link.isConnected();
  }

  /** To be held by the worker's thread from {@link #enter} to {@link #leave}, around all others. */
  void enter() {
    lock.lock();
  }

  void leave() {
    lock.unlock();
  }

  int poll() {
    return link.poll();
  }

  void send(Request request) {
    link.send(request);
  }

  void sendJoin(long elements) {
    link.trySend(new Request.Join(config.worker(), config.incarnation(), elements));
  }

  /** The newest plan, or null. */
  Event.PlanAnnounced plan() {
    return plan;
  }

  boolean hasJoined() {
    return joined;
  }

  List<Integer> missingWorkers() {
    return missingWorkers;
  }

  /** Throws if the run has ended, or the lead has fallen silent. */
  void check() {
    if (refusal != null) {
      throw new ParameterServerException(
          "Cannot join run " + config.runId() + " as worker " + config.worker() + ": " + refusal);
    }
    if (ending instanceof Event.RunFailed failed) {
      throw new RunFailedException("Run " + config.runId() + " failed: " + failed.reason());
    }
    if (ending != null && (plan == null || !plan.finished())) {
      throw new RunFailedException("Run " + config.runId() + " has ended");
    }
    if (link.silenceNs() > config.silence().toNanos()) {
      throw new ParameterServerException(
          "Cannot go on with run "
              + config.runId()
              + ": "
              + config.endpoints().get(0)
              + " was not heard for "
              + config.silence().toMillis() / 1000.0
              + " s");
    }
  }

  private void onEvent(Event event) {
    if (event instanceof Event.PlanAnnounced m) {
      if (joined && (plan == null || isNewer(m, plan))) {
        plan = m;
      }
    } else if (event instanceof Event.JoinAccepted m && isMe(m.worker(), m.incarnation())) {
      joined = true;
      missingWorkers = m.missingWorkers();
    } else if (event instanceof Event.JoinRefused m && isMe(m.worker(), m.incarnation())) {
      refusal = m.reason();
    } else if (event instanceof Event.LeaveHeard m) {
      goodbyeHeard |= m.role() == Request.Role.WORKER && m.id() == config.worker();
    } else if (event instanceof Event.RunFailed || event instanceof Event.RunFinished) {
      ending = event;
    }
  }

  private static boolean isNewer(Event.PlanAnnounced a, Event.PlanAnnounced b) {
    return a.step() > b.step() || (a.step() == b.step() && a.revision() > b.revision());
  }

  private boolean isMe(int worker, long incarnation) {
    return worker == config.worker() && incarnation == config.incarnation();
  }

  private void beat() {
    long key = RunKey.of(config.runId());
    Request heartbeat =
        new Request.Heartbeat(Request.Role.WORKER, config.worker(), config.incarnation());
    try {
      while (!closed) {
        beats.trySend(key, heartbeat);
        if (lock.tryLock()) {
          try {
            link.poll();
          } finally {
            lock.unlock();
          }
        }
        LockSupport.parkNanos(BEAT_NS);
      }
    } catch (ParameterServerException e) {
      // The driver is gone; the worker's thread meets the same and reports it.
      closed = true;
    }
  }

  /** Says goodbye and stops the heartbeats. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(beater);
    try {
      beater.join(TimeUnit.NANOSECONDS.toMillis(GOODBYE_NS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    long key = RunKey.of(config.runId());
    Request goodbye = new Request.Leave(Request.Role.WORKER, config.worker(), config.incarnation());
    long deadlineNs = System.nanoTime() + GOODBYE_NS;
    try {
      while (joined && !goodbyeHeard && System.nanoTime() < deadlineNs) {
        beats.trySend(key, goodbye);
        long repeatNs = System.nanoTime() + REPEAT_NS;
        while (!goodbyeHeard && System.nanoTime() < repeatNs) {
          if (link.poll() == 0) {
            LockSupport.parkNanos(POLL_NS);
          }
        }
      }
    } catch (ParameterServerException e) {
      LOG.debug("no goodbye to run {}: {}", config.runId(), e.getMessage());
    }
  }
}
