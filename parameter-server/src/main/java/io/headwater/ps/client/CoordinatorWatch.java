package io.headwater.ps.client;

import io.headwater.ps.codec.Codecs;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunEndedException;
import io.headwater.ps.protocol.RunFailedException;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.transport.CoordinatorLink;
import io.headwater.ps.transport.CoordinatorRoute;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.NanoClock;

/**
 * What a worker knows of the run from its coordinator. A state machine without threads; see {@link
 * WorkerClient} for who calls it when.
 */
final class CoordinatorWatch implements AutoCloseable {
  private static final long BEAT_NS = TimeUnit.MILLISECONDS.toNanos(300);

  private final WorkerClientConfig config;
  private final NanoClock clock;
  private final CoordinatorLink link;
  private final Request heartbeat;
  private long beatNs;
  private boolean joined;
  private Codecs codecs; // null before it has joined
  private boolean goodbyeHeard;
  private Event.PlanAnnounced plan;
  private volatile List<ReplicaId> replicas = List.of(); // of the plan; read by any thread
  private List<MicroBatchRange> share = List.of(); // this worker's part of the plan
  private Optional<Event.Task> task = Optional.empty(); // what the plan gives to it alone
  private long committed = -1; // newest step
  private Event ending;
  private boolean over;
  private String refusal;
  private boolean wasPlanned;
  private List<Integer> missingWorkers = List.of();

  CoordinatorWatch(WorkerClientConfig config, CoordinatorRoute route, NanoClock clock) {
    this.config = config;
    this.clock = clock;
    link = new CoordinatorLink(RunKey.of(config.runId()), route, clock, this::onEvent);
    heartbeat = new Request.Heartbeat(config.worker(), config.incarnation());
    beatNs = clock.nanoTime() - BEAT_NS;
  }

  boolean isConnected() {
    return link.isConnected();
  }

  /** Takes in events, and says now and then that the worker lives; returns how much work. */
  int poll() {
    long nowNs = clock.nanoTime();
    if (nowNs - beatNs >= BEAT_NS) {
      beatNs = nowNs;
      link.trySend(heartbeat);
    }
    return link.poll();
  }

  void send(Request request) {
    link.send(request);
  }

  void sendJoin(long elements) {
    link.trySend(new Request.Join(config.worker(), config.incarnation(), elements));
  }

  void sendGoodbye() {
    link.trySend(new Request.Leave(config.worker(), config.incarnation()));
  }

  boolean hasHeardGoodbye() {
    return goodbyeHeard;
  }

  /** How to encode what is pushed; known once joined. */
  Codecs codecs() {
    return codecs;
  }

  /** The newest plan, or null. */
  Event.PlanAnnounced plan() {
    return plan;
  }

  /** Who takes part by the newest plan; empty before the first. For any thread. */
  List<ReplicaId> replicas() {
    return replicas;
  }

  /** Whether a step is known to have its whole gradient, by its commit or by a later plan. */
  boolean isCommitted(long step) {
    return committed >= step || (plan != null && plan.step() > step);
  }

  boolean hasJoined() {
    return joined;
  }

  List<Integer> missingWorkers() {
    return missingWorkers;
  }

  /** This worker's share of the newest plan. */
  List<MicroBatchRange> share() {
    return share;
  }

  /** Whether each worker computes batches of its own. */
  boolean isOnItsOwn() {
    return plan != null && !plan.tasks().isEmpty();
  }

  /** The batch that the newest plan gives to this worker alone; {@link Event.Task#NONE} if none. */
  long batch() {
    return task.map(Event.Task::batch).orElse(Event.Task.NONE);
  }

  /** Whether the newest plan counts on this worker. */
  private boolean isPlanned() {
    return !share.isEmpty() || task.isPresent();
  }

  /** Throws if the run has ended without this worker, or the coordinator has fallen silent. */
  void check() {
    if (refusal != null) {
      throw new ParameterServerException(
          "Cannot join run " + config.runId() + " as worker " + config.worker() + ": " + refusal);
    }
    if (ending instanceof Event.RunFailed failed) {
      throw new RunFailedException("Run " + config.runId() + " failed: " + failed.reason());
    }
    // A worker of the run that missed the last plan hears it again, until the run is over.
    if ((over || (ending != null && !joined)) && (plan == null || !plan.finished())) {
      throw new RunEndedException("Run " + config.runId() + " has ended");
    }
    if (plan != null && !plan.finished() && wasPlanned && !isPlanned()) {
      throw new ParameterServerException(
          "Cannot go on with run "
              + config.runId()
              + ": worker "
              + config.worker()
              + " was taken for lost, and its micro-batches were given to others");
    }
    if (link.silenceNs() > config.silence().toNanos()) {
      throw new ParameterServerException(
          "Cannot go on with run "
              + config.runId()
              + ": "
              + config.coordinator()
              + " was not heard for "
              + config.silence().toMillis() / 1000.0
              + " s");
    }
  }

  private void onEvent(Event event) {
    if (event instanceof Event.PlanAnnounced m) {
      if (joined && (plan == null || m.isNewerThan(plan))) {
        follow(m);
        wasPlanned |= isPlanned();
      }
    } else if (event instanceof Event.JoinAccepted m && isMe(m.worker(), m.incarnation())) {
      joined = true;
      codecs = m.codecs();
      missingWorkers = m.missingWorkers();
    } else if (event instanceof Event.JoinRefused m && isMe(m.worker(), m.incarnation())) {
      refusal = m.reason();
    } else if (event instanceof Event.StepCommitted m) {
      committed = Math.max(committed, m.step());
    } else if (event instanceof Event.LeaveHeard m) {
      goodbyeHeard |= m.worker() == config.worker();
    } else if (event instanceof Event.RunFailed || event instanceof Event.RunFinished) {
      ending = event;
    } else if (event instanceof Event.RunOver) {
      over = true;
    }
  }

  private void follow(Event.PlanAnnounced announced) {
    plan = announced;
    replicas = plan.replicas();
    share = plan.of(config.worker(), config.incarnation());
    task = plan.taskOf(config.worker(), config.incarnation());
  }

  private boolean isMe(int worker, long incarnation) {
    return worker == config.worker() && incarnation == config.incarnation();
  }

  @Override
  public void close() {
    link.close();
  }
}
