package io.headwater.ps.client;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.protocol.MicroBatchFigures;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.security.Peer;
import io.headwater.ps.transport.IdleStrategies;
import io.headwater.ps.transport.Protection;
import io.headwater.ps.transport.Routes;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SystemNanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's way to the parameter server: join, then push and pull, step by step.
 *
 * <p>All methods are for one thread, the worker's. While it computes, a thread of the client's own
 * sends heartbeats and what is final of the gradient, and takes events in, so that neither the
 * worker's lease ends nor the coordinator's event stream fills; while it waits in a method of the
 * client, it does so itself, at once. A lock keeps the two apart.
 *
 * <p>Every wait is bounded. All methods throw {@code RunFailedException} when the server has ended
 * the run, and {@code ParameterServerException} when a shard cannot be reached or has given this
 * worker up for lost.
 */
public final class WorkerClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerClient.class);
  private static final long BEAT_NS = TimeUnit.MILLISECONDS.toNanos(300);
  private static final long FULL_NS = TimeUnit.MICROSECONDS.toNanos(100); // transport
  private static final long DRAIN_NS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long GOODBYE_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long REPEAT_NS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private final WorkerClientConfig config;
  private final Routes routes;
  private final WorkerSession session;
  private final IdleStrategy idle = IdleStrategies.forApplication();
  private final ReentrantLock lock = new ReentrantLock(); // around all use of the session
  private final Thread beater;
  private volatile boolean closed;
  private long commitNs; // the worker's thread's

  /** Of the gradient being pushed. The worker's thread writes, the beater reads. */
  private volatile long finalFrom;

  private WorkerClient(WorkerClientConfig config, Routes routes) {
    this.config = config;
    this.routes = routes;
    session =
        new WorkerSession(
            config, routes.to(config.coordinator()), routes::to, SystemNanoClock.INSTANCE);
    beater = new Thread(this::beat, "headwater-heartbeat-" + config.worker());
    beater.setDaemon(true);
  }

  /** Reaches all shards, or says which one cannot be reached. */
  public static WorkerClient connect(WorkerClientConfig config) {
    Routes routes =
        new Routes(
            Protection.of(config.security(), SystemNanoClock.INSTANCE),
            RunKey.of(config.runId()),
            Peer.worker(config.worker(), config.incarnation()));
    try {
      WorkerClient client = new WorkerClient(config, routes);
      client.awaitConnected();
      client.beater.start();
      return client;
    } catch (RuntimeException e) {
      routes.close();
      throw e;
    }
  }

  private void awaitConnected() {
    long deadlineNs = deadline(config.startTimeout());
    while (!session.isConnected()) {
      if (System.nanoTime() > deadlineNs) {
        throw new ParameterServerException(
            "Cannot reach " + session.unconnected() + " within " + seconds(config.startTimeout()));
      }
      idle.idle(0);
    }
  }

  /**
   * Joins the run, waits until all workers have, or, if it has begun already, until the next step,
   * and pulls the weights.
   *
   * @param into overwritten with the weights of the returned plan's step, now and by each pull
   */
  public StepPlan join(FlatVector into) {
    long deadlineNs = deadline(config.startTimeout());
    lock.lock();
    try {
      session.join(into);
      await(
          () -> {
            boolean gathered = session.hasJoined() && session.missingWorkers().isEmpty();
            if (!gathered && System.nanoTime() > deadlineNs) {
              throw new ParameterServerException(notStarted());
            }
            return session.plan() != null;
          });
      return session.plan();
    } finally {
      lock.unlock();
    }
  }

  private String notStarted() {
    String why =
        session.hasJoined()
            ? "workers " + session.missingWorkers() + " have not joined"
            : config.coordinator() + " has not let worker " + config.worker() + " in";
    return "Cannot start run "
        + config.runId()
        + ": "
        + why
        + " within "
        + seconds(config.startTimeout());
  }

  /**
   * The replicas that take part, by the newest plan that has come: of each shard the primary first;
   * empty before the first plan. For any thread.
   */
  public List<ReplicaId> replicas() {
    return session.replicas();
  }

  /**
   * The gradient that {@link #push} sends, of as many elements as the parameters: to be filled
   * before each push. It lies in memory that shards on this host read, if there are any.
   */
  public FlatVector gradients() {
    return session.gradients();
  }

  /** Sends {@link #gradients()}, which are final, as the gradient of one node of the plan. */
  public void push(StepPlan plan, MicroBatchRange node) {
    startPush(plan, node);
    finishPush();
  }

  /**
   * Begins to send {@link #gradients()} as the gradient of one node of the plan, of which nothing
   * is final yet. It must become the sum over the node's micro-batches, in the tree's association,
   * not scaled.
   *
   * @param node one of {@code plan.nodes()}, or a node of the tree below one of them
   */
  public void startPush(StepPlan plan, MicroBatchRange node) {
    lock.lock();
    try {
      checkPlan(plan);
      if (!session.isNode(node)) {
        throw new IllegalArgumentException(
            "Cannot push micro-batches " + node + ": they are no node of the summation tree");
      }
      finalFrom = gradients().elements();
      session.startPush(node);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The gradient being pushed is final from an element on: the client's own thread sends it while
   * the worker computes the rest. Waits for nothing.
   *
   * @param element not above one that was said before
   */
  public void finalFrom(long element) {
    finalFrom = element;
    LockSupport.unpark(beater);
  }

  /** The gradient is final; returns when all shards have it and it may be overwritten. */
  public void finishPush() {
    lock.lock();
    try {
      finalFrom = 0;
      session.finishPush();
      await(session::isPushed);
    } finally {
      lock.unlock();
      Reference.reachabilityFence(session.gradients());
    }
  }

  /** Reports what came of one micro-batch of the plan. */
  public void report(StepPlan plan, int microBatch, MicroBatchFigures figures) {
    lock.lock();
    try {
      checkPlan(plan);
      session.report(microBatch, figures);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for what is to be done next: the next step, with its weights in the vector given to
   * {@link #join}, or what a lost worker has left undone in this one.
   */
  public StepPlan pull() {
    long begin = System.nanoTime();
    lock.lock();
    try {
      session.startPull();
      await(() -> session.plan() != null || session.isCommitted());
      commitNs = System.nanoTime() - begin;
      await(() -> session.plan() != null);
      return session.plan();
    } finally {
      lock.unlock();
      Reference.reachabilityFence(session.parameters());
    }
  }

  /**
   * How long the last {@link #pull} took until the step was committed, which is the wait for what
   * other workers push; what is left of it is the shards' update, and the way of the weights.
   */
  public long commitNs() {
    return commitNs;
  }

  private void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      idle.idle(session.poll());
    }
    idle.reset();
  }

  private void checkPlan(StepPlan plan) {
    if (plan != session.plan() || plan.finished()) {
      throw new IllegalStateException(
          "Cannot work on step "
              + plan.step()
              + (plan.finished() ? ": the run is finished" : ": its plan is not the newest"));
    }
  }

  private void beat() {
    long parkNs = BEAT_NS;
    try {
      while (!closed) {
        if (lock.tryLock()) {
          try {
            parkNs = workBesideWorker();
          } finally {
            lock.unlock();
          }
        }
        LockSupport.parkNanos(parkNs);
      }
    } catch (ParameterServerException e) {
      // The media driver is gone; the worker's thread meets the same and reports it.
      LOG.debug("worker {}: {}", config.worker(), e.getMessage());
    }
  }

  /** Returns how long there is nothing to do then. */
  private long workBesideWorker() {
    int work;
    do {
      session.finalFrom(finalFrom);
      work = session.pollWhileComputing();
    } while (work > 0 && !lock.hasQueuedThreads());
    if (session.hasFinal()) {
      return FULL_NS;
    }
    return session.isOnItsOwn() ? DRAIN_NS : BEAT_NS;
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
    try {
      sayGoodbye();
    } catch (ParameterServerException e) {
      LOG.debug("no goodbye to run {}: {}", config.runId(), e.getMessage());
    }
    session.close();
    routes.close();
  }

  private void sayGoodbye() {
    long deadlineNs = System.nanoTime() + GOODBYE_NS;
    while (session.hasJoined() && !session.hasHeardGoodbye() && System.nanoTime() < deadlineNs) {
      session.sendGoodbye();
      long repeatNs = System.nanoTime() + REPEAT_NS;
      while (!session.hasHeardGoodbye() && System.nanoTime() < repeatNs) {
        session.pollWhileComputing();
        LockSupport.parkNanos(POLL_NS);
      }
    }
  }

  private static long deadline(Duration timeout) {
    return System.nanoTime() + timeout.toNanos();
  }

  private static String seconds(Duration timeout) {
    return timeout.toMillis() / 1000.0 + " s";
  }
}
