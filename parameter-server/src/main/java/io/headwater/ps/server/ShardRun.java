package io.headwater.ps.server;

import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.headwater.checkpoint.CheckpointException;
import io.headwater.checkpoint.UserException;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.sparse.ShardTables;
import io.headwater.ps.transport.LeadLink;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run at one shard, from loading the checkpoint to its end; all on the shard's thread. */
final class ShardRun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ShardRun.class);
  private static final long HEARTBEAT_NS = 500_000_000L;

  private final RunSpecification run;
  private final long key;
  private final ShardEndpoint endpoint;
  private final int shards;
  private final LeadLink lead;
  private final List<ChunkPublisher> publishers;
  private final Executor storage;
  private final NanoClock clock;
  private final ShardTables tables;
  private final CompletableFuture<ShardModel> loading;
  private ShardTraining training;
  private RunOutcome ending;
  private long endedNs;
  private boolean over;
  private boolean opened;
  private boolean failed;
  private long saidNs;
  private long steppedNs;
  private long lastStep = -1;

  ShardRun(
      RunSpecification run,
      ShardEndpoint endpoint,
      int shards,
      LeadLink lead,
      List<ChunkPublisher> publishers,
      Executor storage,
      NanoClock clock,
      ShardTables tables) {
    this.tables = tables;
    this.clock = clock;
    this.run = run;
    this.key = RunKey.of(run.runId());
    this.endpoint = endpoint;
    this.shards = shards;
    this.lead = lead;
    this.publishers = publishers;
    this.storage = storage;
    lead.follow(key);
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

  Action onPush(ChunkFrame push) {
    if (training == null || failed || ending != null) {
      return Action.CONTINUE;
    }
    try {
      return training.onPush(push);
    } catch (NonFiniteGradientException e) {
      fail(e.getMessage());
      return Action.CONTINUE;
    }
  }

  void onResend(Request.ResendChunks request) {
    if (training != null && !failed) {
      training.onResend(request);
    }
  }

  void onAsk(Request.AskPush ask) {
    if (training != null && !failed) {
      training.onAsk(ask);
    }
  }

  void onEvent(Event event) {
    if (event instanceof Event.RunFailed m) {
      end(Optional.of(m.reason()));
    } else if (event instanceof Event.RunFinished) {
      end(Optional.empty());
    } else if (event instanceof Event.RunOver) {
      over = ending != null;
    } else if (training != null && !failed) {
      if (event instanceof Event.PlanAnnounced m) {
        opened = true;
        training.onPlan(m);
      } else if (event instanceof Event.StepCommitted m) {
        training.onCommit(m.step(), m.scale());
      } else if (event instanceof Event.TensorTrust m) {
        training.onTrust(m);
      } else if (event instanceof Event.RunOpened) {
        opened = true;
      }
    }
  }

  int doWork(long nowNs) {
    if (ending != null) {
      over |= nowNs - endedNs > run.timeouts().lease().toNanos();
      return training == null || failed ? 0 : training.doWork();
    }
    if (lead.silenceNs() > run.timeouts().lease().toNanos()) {
      end(
          Optional.of(
              "shard 0 was not heard for " + run.timeouts().lease().toMillis() / 1000.0 + " s"));
      return 1;
    }
    sayAlive(nowNs);
    if (failed) {
      return 0;
    }
    try {
      if (training == null) {
        return pollLoading(nowNs);
      }
      int work = training.doWork();
      training.repeat();
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
          new SnapshotWriter(model, run.checkpoints().output(), shards, storage, tables);
      training = new ShardTraining(run, model, publishers, snapshots, lead::send, clock);
      steppedNs = nowNs;
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
      lead.trySend(new Request.Heartbeat(Request.Role.SHARD, endpoint.shard(), 0));
      if (training != null && !opened && !failed) {
        sayReady(loading.join());
      }
    }
  }

  private void sayReady(ShardModel model) {
    lead.trySend(
        new Request.ShardReady(endpoint.shard(), model.layout().elements(), model.firstStep()));
  }

  private void checkStep(long nowNs) {
    if (training.step() != lastStep || !training.isBusy()) {
      lastStep = training.step();
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
    lead.send(new Request.ShardFailed(endpoint.shard(), reason));
  }

  @Override
  public void close() {
    if (training != null) {
      training.close();
    }
  }

  private void end(Optional<String> failure) {
    if (ending == null) {
      ending = new RunOutcome(run.runId(), training == null ? 0 : training.step(), failure);
      endedNs = clock.nanoTime();
      failed |= failure.isPresent();
    }
  }
}
