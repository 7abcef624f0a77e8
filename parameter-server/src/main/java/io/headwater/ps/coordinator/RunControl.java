package io.headwater.ps.coordinator;

import io.headwater.ps.optimizer.UpdateGuard;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.RunFailedException;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.security.Peer;
import io.headwater.ps.security.RunSecurity;
import io.headwater.ps.transport.CoordinatorHost;
import io.headwater.ps.transport.IdleStrategies;
import io.headwater.ps.transport.Protection;
import io.headwater.ps.transport.Routes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SystemNanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's hold on a run: hosts its coordinator, passes on what happens, asks it to stop.
 *
 * <p>The run lives exactly as long as the process that holds this. One thread coordinates, another
 * calls the listener, so that a slow listener does not hold the run up.
 */
public final class RunControl implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunControl.class);
  private static final long GOODBYE_NS = TimeUnit.SECONDS.toNanos(2);

  private final RunSpecification run;
  private final RunListener listener;
  private final Routes routes;
  private final CoordinatorHost host;
  private final Coordinator coordinator;
  private final ExecutorService calls;
  private final Thread thread;
  private final CompletableFuture<Void> opened = new CompletableFuture<>();
  private volatile boolean stopRequested;
  private volatile boolean closed;
  // Below: the coordinating thread's.
  private final Set<Integer> joined = new HashSet<>();
  private Event.PlanAnnounced plan;
  private boolean ended;

  private RunControl(
      CoordinatorEndpoint at,
      List<ShardEndpoint> endpoints,
      RunSpecification run,
      RunSecurity security,
      UpdateGuard.State guardState,
      RunListener listener) {
    this.run = run;
    this.listener = listener;
    Protection protection = Protection.of(security, SystemNanoClock.INSTANCE);
    routes = new Routes(protection, RunKey.of(run.runId()), Peer.driver());
    calls = Executors.newSingleThreadExecutor(task -> daemon(task, "headwater-run-listener"));
    thread = daemon(this::coordinate, "headwater-coordinator");
    try {
      host = CoordinatorHost.open(at, protection);
      coordinator =
          new Coordinator(
              run,
              host.endpoint(),
              endpoints,
              host.ends(),
              routes::requestsTo,
              guardState,
              SystemNanoClock.INSTANCE,
              this::onEvent);
    } catch (RuntimeException e) {
      closeTransport();
      calls.shutdownNow();
      throw e;
    }
  }

  /**
   * Has all shards load the checkpoint and wait for workers; returns when they do.
   *
   * @param at where workers and shards are to reach the coordinator
   * @param endpoints all replicas of all shards, in order
   * @param security how what goes over a network is protected
   * @param guardState what the guard of updates knew when the checkpoint was written
   * @throws RunFailedException naming the shards that cannot be reached, or cannot load and why
   */
  public static RunControl open(
      CoordinatorEndpoint at,
      List<ShardEndpoint> endpoints,
      RunSpecification run,
      RunSecurity security,
      UpdateGuard.State guardState,
      RunListener listener) {
    ShardEndpoint.checkAll(endpoints);
    RunControl control = new RunControl(at, endpoints, run, security, guardState, listener);
    control.thread.start();
    try {
      control.awaitOpened();
      return control;
    } catch (RuntimeException e) {
      control.close();
      throw e;
    }
  }

  /** Where workers reach the coordinator. */
  public CoordinatorEndpoint coordinator() {
    return host.endpoint();
  }

  // The coordinator itself sees to the start timeout: it can say who is missing.
  private void awaitOpened() {
    try {
      opened.get();
    } catch (ExecutionException e) {
      throw (RuntimeException) e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ParameterServerException("Cannot open run " + run.runId() + ": interrupted", e);
    }
  }

  private void coordinate() {
    IdleStrategy idle = IdleStrategies.forApplication();
    long closedNs = 0;
    boolean stopping = false;
    // After the end, too, until the driver lets go: a worker that is started late is told.
    while (!closed || !coordinator.isDone()) {
      try {
        if (stopRequested && !stopping) {
          stopping = true;
          coordinator.stop();
        }
        if (closed && closedNs == 0) {
          closedNs = System.nanoTime();
          coordinator.fail("the driver has left");
        }
        if (closedNs != 0 && System.nanoTime() - closedNs > GOODBYE_NS) {
          return; // who is still there finds out by itself
        }
        idle.idle(coordinator.doWork());
      } catch (ParameterServerException e) {
        onEvent(
            new Event.RunFailed(e.getMessage())); // the media driver is gone: nobody can be told
        return;
      }
    }
  }

  private void onEvent(Event event) {
    if (event instanceof Event.RunOpened) {
      opened.complete(null);
    } else if (!ended && opened.isDone()) {
      onNews(event);
    } else if (event instanceof Event.RunFailed m) {
      ended = true; // open() throws; the listener has heard nothing yet
      opened.completeExceptionally(
          new RunFailedException("Cannot open run " + run.runId() + ": " + m.reason()));
    }
  }

  private void onNews(Event event) {
    if (event instanceof Event.PlanAnnounced m) {
      plan = m;
    } else if (event instanceof Event.StepDone m) {
      UpdateGuard.State guardState = coordinator.guardState();
      StepFigures figures = coordinator.figures();
      boolean kept = plan.snapshot();
      call(
          () ->
              listener.stepCompleted(
                  new StepCompleted(
                      m.step(),
                      m.loss(),
                      m.gradientNorm(),
                      m.learningRate(),
                      m.tokens(),
                      m.clipped(),
                      m.refused(),
                      kept,
                      guardState,
                      figures)));
    } else if (event instanceof Event.JoinAccepted m) {
      if (joined.add(m.worker())) {
        call(() -> listener.workerJoined(m.worker()));
      }
    } else if (event instanceof Event.WorkerLost m) {
      joined.remove(m.worker());
      call(() -> listener.workerLost(m.worker(), m.cause(), m.reason()));
    } else if (event instanceof Event.ReplicaLost m) {
      call(() -> listener.replicaLost(m.replica().shard(), m.replica().replica(), m.reason()));
    } else if (event instanceof Event.ReplicaJoined m) {
      call(() -> listener.replicaJoined(m.replica().shard(), m.replica().replica()));
    } else if (event instanceof Event.SnapshotPart m) {
      call(() -> listener.snapshotWritten(m.step(), m.shard()));
    } else if (event instanceof Event.RunFailed m) {
      ended = true;
      call(() -> listener.runFailed(m.reason()));
    } else if (event instanceof Event.RunFinished m) {
      ended = true;
      call(() -> listener.runFinished(m.step()));
    }
  }

  private void call(Runnable task) {
    calls.execute(
        () -> {
          try {
            task.run();
          } catch (RuntimeException e) {
            LOG.error("run {}: the listener failed", run.runId(), e);
          }
        });
  }

  /** Asks the run to finish its current step, write a snapshot and end. */
  public void requestStop() {
    stopRequested = true;
  }

  /** Lets go of the run; one that has not ended fails. Waits for the listener's pending calls. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      thread.join(TimeUnit.NANOSECONDS.toMillis(2 * GOODBYE_NS));
      calls.shutdown();
      if (!calls.awaitTermination(1, TimeUnit.MINUTES)) {
        LOG.warn("run {}: the listener has not returned within a minute", run.runId());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeTransport();
  }

  private void closeTransport() {
    routes.close();
    if (host != null) {
      host.close();
    }
  }

  private static Thread daemon(Runnable task, String name) {
    Thread daemon = new Thread(task, name);
    daemon.setDaemon(true);
    return daemon;
  }
}
