package io.headwater.ps.server;

import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.headwater.checkpoint.CheckpointException;
import io.headwater.checkpoint.UserException;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.sparse.ShardTables;
import io.headwater.ps.transport.CoordinatorLink;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** One run at one replica of a shard, from loading the checkpoint to its end; all on its thread. */
final class ShardRun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ShardRun.class);
  private static final int LEASES_TO_SERVE = 4; // after the end, if nobody says that it is over
  private static final long SHORTEST_SILENCE_NS = 30_000_000_000L;
  private static final long HEARTBEAT_NS = 300_000_000L;

  private final RunSpecification run;
  private final long key;
  private final ReplicaId replica;
  private final ShardEndpoint endpoint;
  private final Neighbours neighbours;
  private final CoordinatorLink coordinator;
  private final List<ChunkPublisher> publishers;
  private final Executor storage;
  private final NanoClock clock;
  private final ShardTables tables;
  private final CompletableFuture<ShardModel> loading;
  private ShardTraining training;
  private RunOutcome ending;
  private long endedNs;
  private boolean over;
  private boolean failed;
  private long saidNs;
  private long steppedNs;
  private long lastStep = -1;
  private Event.PlanAnnounced plan; // the newest heard
  private boolean present; // in some plan
  private boolean fenced; // was present once, and is not any more

  ShardRun(
      Request.OpenRun order,
      ReplicaId replica,
      ShardEndpoint endpoint,
      Neighbours neighbours,
      List<ChunkPublisher> publishers,
      Executor storage,
      NanoClock clock,
      ShardTables tables) {
    this.tables = tables;
    this.clock = clock;
    this.run = order.run();
    this.key = RunKey.of(run.runId());
    this.replica = replica;
    this.endpoint = endpoint;
    this.neighbours = neighbours;
    this.publishers = publishers;
    this.storage = storage;
    coordinator =
        new CoordinatorLink(
            key, neighbours.toCoordinator().apply(order.coordinator()), clock, this::onEvent);
    int shards = neighbours.shards();
    loading = CompletableFuture.supplyAsync(() -> ShardModel.load(run, endpoint, shards), storage);
  }

  long key() {
    return key;
  }

  /**
   * Whether the run has ended; it is served on, for workers that have not heard all, until over.
   */
  boolean hasEnded() {
    return ending != null;
  }

  /** How the run ended, once everyone concerned knows. */
  Optional<RunOutcome> outcome() {
    return over ? Optional.of(ending) : Optional.empty();
  }

  String runId() {
    return run.runId();
  }

  /**
   * Whether the others go on without this replica, which was given up while it was stopped, say: it
   * can come in again only as a new one.
   */
  boolean isFenced() {
    return fenced;
  }

  /**
   * Whether this replica takes part with all state of its step, so that another one of its shard
   * may be taken away; or the run has ended.
   */
  boolean isReady() {
    return ending != null || (!failed && !fenced && present && !plan.newcomers().contains(replica));
  }

  Action onFrame(ChunkFrame frame) {
    if (training == null || failed || fenced || ending != null) {
      return Action.CONTINUE;
    }
    try {
      return frame.type() == ChunkFrame.STATE ? training.onState(frame) : training.onPush(frame);
    } catch (NonFiniteGradientException e) {
      fail(e.getMessage());
      return Action.CONTINUE;
    }
  }

  void onRequest(Request request) {
    if (training == null || failed || fenced) {
      return;
    }
    if (request instanceof Request.ResendChunks m) {
      training.onResend(m);
    } else if (request instanceof Request.AskPush m) {
      training.onAsk(m);
    } else if (request instanceof Request.ResendState m) {
      training.onResendState(m);
    }
  }

  private void onEvent(Event event) {
    if (event instanceof Event.RunFailed m) {
      end(Optional.of(m.reason()));
    } else if (event instanceof Event.RunFinished) {
      end(Optional.empty());
    } else if (event instanceof Event.RunOver) {
      over = ending != null;
      coordinator.trySend(new Request.ReplicaLeave(replica));
    } else if (training != null && !failed && !fenced) {
      if (event instanceof Event.PlanAnnounced m) {
        onPlan(m);
      } else if (event instanceof Event.StepCommitted m) {
        training.onCommit(m);
      } else if (event instanceof Event.TensorTrust m) {
        training.onTrust(m);
      }
    }
  }

  private void onPlan(Event.PlanAnnounced announced) {
    if (plan != null && !announced.isNewerThan(plan)) {
      return;
    }
    plan = announced;
    tables.follow(plan);
    if (plan.replicas().contains(replica)) {
      present = true;
      training.onPlan(plan);
    } else if (present) {
      fenced = true;
      LOG.warn("run {}: {} was taken for lost", run.runId(), endpoint);
    }
  }

  int doWork(long nowNs) {
    int heard = coordinator.poll();
    sayAlive(nowNs);
    if (ending != null) {
      over |= nowNs - endedNs > LEASES_TO_SERVE * run.timeouts().lease().toNanos();
      return heard + (training == null || failed || fenced ? 0 : training.doWork());
    }
    if (coordinator.silenceNs() > silenceNs()) {
      end(Optional.of("the coordinator was not heard for " + silenceNs() * 1e-9 + " s"));
      return 1;
    }
    if (failed || fenced) {
      return heard;
    }
    try {
      if (training == null) {
        return pollLoading(nowNs);
      }
      int work = heard + training.doWork();
      training.repeat();
      tables.check();
      checkStep(nowNs);
      return work;
    } catch (ParameterServerException | CheckpointException | UserException e) {
      fail(e.getMessage());
      return 1;
    }
  }

  private int pollLoading(long nowNs) {
    if (!loading.isDone()) {
      return 0;
    }
    try {
      ShardModel model = loading.join();
      SnapshotWriter snapshots =
          new SnapshotWriter(
              model, run.checkpoints().output(), neighbours.shards(), storage, tables);
      training =
          new ShardTraining(
              run,
              replica,
              model,
              publishers,
              snapshots,
              new StateTransfer(replica, neighbours, model, tables, clock),
              coordinator::send,
              clock);
      steppedNs = nowNs;
      LOG.info("{} serves run {} from step {}", endpoint, run.runId(), model.firstStep());
      sayReady(model);
    } catch (CompletionException e) {
      LOG.debug("loading failed", e);
      fail(String.valueOf(e.getCause().getMessage()));
    }
    return 1;
  }

  private void sayAlive(long nowNs) {
    if (nowNs - saidNs > HEARTBEAT_NS) {
      saidNs = nowNs;
      coordinator.trySend(new Request.ReplicaHeartbeat(replica));
      if (training != null && !present && !failed) {
        sayReady(loading.join());
      }
    }
  }

  private void sayReady(ShardModel model) {
    coordinator.trySend(
        new Request.ReplicaReady(replica, model.layout().elements(), model.firstStep()));
  }

  // Longer than a lease: a coordinator that was stopped goes on when it wakes, if all are there.
  private long silenceNs() {
    return Math.max(SHORTEST_SILENCE_NS, 2 * run.timeouts().lease().toNanos());
  }

  private void checkStep(long nowNs) {
    if (training.step() != lastStep) {
      lastStep = training.step();
      steppedNs = nowNs;
      MDC.put("step", Long.toString(lastStep));
    } else if (!training.isBusy()) {
      steppedNs = nowNs;
    } else if (nowNs - steppedNs > run.timeouts().step().toNanos()) {
      fail(
          "step "
              + lastStep
              + " still lacks "
              + training.missing()
              + " after "
              + run.timeouts().step().toMillis() / 1000.0
              + " s");
    }
  }

  /** Ends the run: this shard cannot serve it. */
  void fail(String reason) {
    failed = true;
    LOG.warn("run {}: {}: {}", run.runId(), endpoint, reason);
    coordinator.send(new Request.ReplicaFailed(replica, reason));
  }

  @Override
  public void close() {
    if (training != null) {
      training.close();
    }
    coordinator.close();
  }

  private void end(Optional<String> failure) {
    if (ending == null) {
      ending = new RunOutcome(run.runId(), training == null ? 0 : training.step(), failure);
      endedNs = clock.nanoTime();
      failed |= failure.isPresent();
      LOG.info(
          "run {} ended at step {}{}",
          run.runId(),
          ending.step(),
          failure.map(reason -> ": " + reason).orElse(""));
    }
  }
}
