package io.headwater.ps.client;

import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunFailedException;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.transport.ControlSender;
import io.headwater.ps.transport.LeadLink;
import io.headwater.ps.transport.Routes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.SystemNanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's hold on a run: opens it at all shards, hears its events, asks it to stop.
 *
 * <p>One thread talks to the lead shard, another calls the listener, so that a slow listener does
 * not look like a dead driver.
 */
public final class RunControl implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunControl.class);
  private static final long REPEAT_NS = TimeUnit.MILLISECONDS.toNanos(300);
  private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long GOODBYE_NS = TimeUnit.SECONDS.toNanos(1);

  private final List<ShardEndpoint> endpoints;
  private final RunSpecification run;
  private final long key;
  private final RunListener listener;
  private final Routes routes = new Routes();
  private final List<ControlSender> shards = new ArrayList<>();
  private final LeadLink lead;
  private final ExecutorService calls;
  private final Thread thread;
  private volatile boolean stopRequested;
  private volatile boolean closed;
  // Below: the talking thread's, or, before it starts, the opening one's.
  private boolean leadHeard;
  private boolean goodbyeHeard;
  private List<Integer> missingShards = List.of();
  private boolean opened;
  private final Set<Integer> joined = new HashSet<>();
  private Event ending;

  private RunControl(List<ShardEndpoint> endpoints, RunSpecification run, RunListener listener) {
    this.endpoints = List.copyOf(endpoints);
    this.run = run;
    this.listener = listener;
    key = RunKey.of(run.runId());
    calls = Executors.newSingleThreadExecutor(task -> daemon(task, "headwater-run-listener"));
    thread = daemon(this::talk, "headwater-run-control");
    try {
      for (ShardEndpoint endpoint : endpoints) {
        shards.add(new ControlSender(routes.to(endpoint).requests()));
      }
      lead = new LeadLink(routes.to(endpoints.get(0)), SystemNanoClock.INSTANCE, this::onEvent);
    } catch (RuntimeException e) {
      routes.close();
      calls.shutdownNow();
      throw e;
    }
    lead.follow(key);
  }

  /**
   * Has all shards load the checkpoint and wait for workers; returns when they do.
   *
   * @throws RunFailedException if a shard cannot load, with its reason
   * @throws ParameterServerException naming the shards that cannot be reached
   */
  public static RunControl open(
      List<ShardEndpoint> endpoints, RunSpecification run, RunListener listener) {
    ShardEndpoint.checkAll(endpoints);
    RunControl control = new RunControl(endpoints, run, listener);
    try {
      control.awaitOpened();
      control.thread.start();
      return control;
    } catch (RuntimeException e) {
      control.close();
      throw e;
    }
  }

  private void awaitOpened() {
    long deadlineNs = System.nanoTime() + run.timeouts().start().toNanos();
    long saidNs = 0;
    while (!opened) {
      long nowNs = System.nanoTime();
      if (nowNs - saidNs > REPEAT_NS) {
        saidNs = nowNs;
        shards.forEach(shard -> shard.trySend(key, new Request.OpenRun(run)));
      }
      if (nowNs > deadlineNs) {
        throw new ParameterServerException("Cannot open run " + run.runId() + ": " + unopened());
      }
      if (lead.poll() == 0) {
        LockSupport.parkNanos(POLL_NS);
      }
      if (ending instanceof Event.RunFailed failed) {
        throw new RunFailedException(failed.reason());
      }
      if (ending != null) {
        throw new RunFailedException("run " + run.runId() + " has been run already");
      }
    }
  }

  private String unopened() {
    List<String> absent = new ArrayList<>();
    for (int i = 0; i < shards.size(); i++) {
      if (!shards.get(i).isConnected() || (i == 0 && !leadHeard)) {
        absent.add(endpoints.get(i) + " cannot be reached");
      } else if (missingShards.contains(i)) {
        absent.add(endpoints.get(i) + " has not loaded the checkpoint");
      }
    }
    return String.join("; ", absent)
        + " within "
        + run.timeouts().start().toMillis() / 1000.0
        + " s";
  }

  private void talk() {
    long saidNs = 0;
    while (!closed && ending == null) {
      try {
        long nowNs = System.nanoTime();
        if (nowNs - saidNs > REPEAT_NS) {
          saidNs = nowNs;
          lead.trySend(new Request.Heartbeat(Request.Role.DRIVER, 0, 0));
          if (stopRequested) {
            lead.trySend(new Request.RequestStop());
          }
        }
        if (lead.poll() == 0) {
          LockSupport.parkNanos(POLL_NS);
        }
        if (lead.silenceNs() > run.timeouts().lease().toNanos()) {
          onEvent(
              new Event.RunFailed(
                  endpoints.get(0)
                      + " was not heard for "
                      + run.timeouts().lease().toMillis() / 1000.0
                      + " s"));
        }
      } catch (ParameterServerException e) {
        onEvent(new Event.RunFailed(e.getMessage()));
      }
    }
    if (!closed) {
      leaveQuietly(); // the servers wait for nobody else then
    }
  }

  private void onEvent(Event event) {
    leadHeard = true;
    if (event instanceof Event.LeadAlive m) {
      missingShards = m.missingShards();
    } else if (event instanceof Event.RunOpened) {
      opened = true;
    } else if (event instanceof Event.LeaveHeard m) {
      goodbyeHeard |= m.role() == Request.Role.DRIVER;
    } else if (!opened) {
      if (event instanceof Event.RunFailed || event instanceof Event.RunFinished) {
        ending = event; // open() throws; the listener has heard nothing yet
      }
    } else if (ending == null) {
      onNews(event);
    }
  }

  private void onNews(Event event) {
    if (event instanceof Event.StepDone m) {
      call(
          () ->
              listener.stepCompleted(
                  new StepCompleted(
                      m.step(),
                      m.loss(),
                      m.gradientNorm(),
                      m.learningRate(),
                      m.tokens(),
                      m.clipped())));
    } else if (event instanceof Event.JoinAccepted m) {
      if (joined.add(m.worker())) {
        call(() -> listener.workerJoined(m.worker()));
      }
    } else if (event instanceof Event.WorkerLost m) {
      joined.remove(m.worker());
      call(() -> listener.workerLost(m.worker(), m.reason()));
    } else if (event instanceof Event.SnapshotPart m) {
      call(() -> listener.snapshotWritten(m.step(), m.shard()));
    } else if (event instanceof Event.RunFailed m) {
      ending = m;
      call(() -> listener.runFailed(m.reason()));
    } else if (event instanceof Event.RunFinished m) {
      ending = m;
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
      thread.join(TimeUnit.SECONDS.toMillis(2));
      leaveQuietly();
      calls.shutdown();
      if (!calls.awaitTermination(1, TimeUnit.MINUTES)) {
        LOG.warn("run {}: the listener has not returned within a minute", run.runId());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    routes.close();
  }

  private void leaveQuietly() {
    try {
      sayGoodbye();
    } catch (ParameterServerException e) {
      LOG.debug("run {}: no goodbye: {}", run.runId(), e.getMessage());
    }
  }

  private void sayGoodbye() {
    long deadlineNs = System.nanoTime() + GOODBYE_NS;
    long saidNs = 0;
    while (leadHeard && !goodbyeHeard && System.nanoTime() < deadlineNs) {
      if (System.nanoTime() - saidNs > GOODBYE_NS / 20) {
        saidNs = System.nanoTime();
        lead.trySend(new Request.Leave(Request.Role.DRIVER, 0, 0));
      }
      if (lead.poll() == 0) {
        LockSupport.parkNanos(POLL_NS);
      }
    }
  }

  private static Thread daemon(Runnable task, String name) {
    Thread daemon = new Thread(task, name);
    daemon.setDaemon(true);
    return daemon;
  }
}
