package io.headwater.ps.server;

import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.Header;
import io.headwater.ps.PsMetrics;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.ControlMessage;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.sparse.ShardTables;
import io.headwater.ps.transport.ControlReceiver;
import io.headwater.ps.transport.FrameInlet;
import io.headwater.ps.transport.MessageInlet;
import io.headwater.ps.transport.ShardEnd;
import io.prometheus.client.Counter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;
import org.slf4j.MDC;

/**
 * The thread that owns one replica of a shard: polls what comes in, does what follows, sends what
 * goes out. It never waits; the only other thread of a shard reads and writes checkpoints.
 */
final class ShardAgent implements Agent {
  private static final int BLOCKS_PER_TURN = 4;

  private final ShardEndpoint endpoint;
  private final Neighbours neighbours;
  private final List<FrameInlet> pushes = new ArrayList<>();
  private final List<ChunkPublisher> publishers = new ArrayList<>();
  private final ControlReceiver requests;
  private final NanoClock clock;
  private final Executor storage;
  private final ShardTables tables;
  private final Consumer<RunOutcome> outcomes;
  private final ControlledFragmentHandler pushHandler = this::onPushFrame;
  private final ChunkFrame frame = new ChunkFrame();
  private final int pushesPerTurn;
  private final Counter.Child malformed;
  private final Counter.Child foreign;
  private final Refusal refusal;
  private final ShardPulse pulse;
  private long incarnation;
  private ShardRun run;
  private boolean outcomeTold;

  /**
   * @param ends this replica's own end of each transport that it serves
   * @param incarnation of this start: higher than any before it
   * @param storage where checkpoints are read and written, one after the other
   * @param tables the shard's sparse tables, on the same thread
   */
  ShardAgent(
      ShardEndpoint endpoint,
      Neighbours neighbours,
      List<ShardEnd> ends,
      long incarnation,
      NanoClock clock,
      Executor storage,
      ShardTables tables,
      Consumer<RunOutcome> outcomes) {
    this.clock = clock;
    this.storage = storage;
    this.tables = tables;
    this.endpoint = endpoint;
    this.neighbours = neighbours;
    this.incarnation = incarnation;
    this.refusal = new Refusal(neighbours, clock);
    this.pulse = new ShardPulse(clock);
    this.outcomes = outcomes;
    pushesPerTurn = ChunkSize.perTurn(endpoint.chunkElements(), BLOCKS_PER_TURN);
    int shard = endpoint.shard();
    malformed = PsMetrics.updates(shard, "malformed");
    foreign = PsMetrics.updates(shard, "rejected");
    List<MessageInlet> requestStreams = new ArrayList<>();
    for (ShardEnd end : ends) {
      pushes.add(end.listenForPushes());
      requestStreams.add(end.listenForRequests());
      publishers.add(new ChunkPublisher(end.publishWeights(), end.isLocal()));
    }
    requests = new ControlReceiver(requestStreams, this::onRequest);
  }

  @Override
  public String roleName() {
    return "headwater-shard-" + endpoint.shard() + "-" + endpoint.replica();
  }

  @Override
  public int doWork() {
    try {
      return dutyCycle();
    } catch (RuntimeException | Error e) {
      if (run != null && !run.hasEnded()) {
        run.fail("unexpected: " + e);
      }
      throw e;
    }
  }

  private int dutyCycle() {
    long nowNs = clock.nanoTime();
    int work = requests.poll() + refusal.poll();
    for (int i = 0; i < pushes.size(); i++) {
      work += pushes.get(i).poll(pushHandler, pushesPerTurn);
    }
    if (run != null) {
      work += run.doWork(nowNs);
    }
    tellOutcome();
    if (pulse.isDue(nowNs)) {
      pulse.beat(nowNs, isReady());
    }
    return work;
  }

  /** What other threads may know of this one. */
  ShardPulse pulse() {
    return pulse;
  }

  /** Whether this replica waits for a run, or serves one with all state that it needs for it. */
  boolean isReady() {
    return run == null || run.isReady();
  }

  @Override
  public void onClose() {
    CloseHelper.quietClose(run);
    CloseHelper.quietClose(refusal);
  }

  private ControlledFragmentHandler.Action onPushFrame(
      DirectBuffer buffer, int offset, int length, Header header) {
    if (!frame.wrap(buffer, offset, length)
        || (frame.type() != ChunkFrame.PUSH && frame.type() != ChunkFrame.STATE)) {
      malformed.inc();
      return ControlledFragmentHandler.Action.CONTINUE;
    }
    if (run == null || frame.run() != run.key()) {
      foreign.inc();
      return ControlledFragmentHandler.Action.CONTINUE;
    }
    return run.onFrame(frame);
  }

  private void onRequest(long key, ControlMessage message) {
    if (!(message instanceof Request request)) {
      return;
    }
    if (request instanceof Request.OpenRun open) {
      onOpen(key, open);
    } else if (run != null && key == run.key()) {
      run.onRequest(request);
    }
  }

  private void onOpen(long key, Request.OpenRun order) {
    if (key != RunKey.of(order.run().runId())) {
      return;
    }
    if (run == null || (run.hasEnded() && key != run.key())) {
      open(order);
    } else if (run.hasEnded()) {
      refusal.tell(order, id(), "it has run " + run.runId() + " already");
    } else if (key != run.key()) {
      refusal.tell(order, id(), "it is busy with run " + run.runId());
    } else if (run.isFenced()) {
      incarnation++;
      open(order);
    }
  }

  private ReplicaId id() {
    return new ReplicaId(endpoint.shard(), endpoint.replica(), incarnation);
  }

  private void open(Request.OpenRun order) {
    CloseHelper.quietClose(run);
    MDC.put("attempt", order.run().runId());
    MDC.remove("step");
    run = new ShardRun(order, id(), endpoint, neighbours, publishers, storage, clock, tables);
    tables.open(order.run(), id());
    outcomeTold = false;
  }

  private void tellOutcome() {
    if (run == null || outcomeTold) {
      return;
    }
    Optional<RunOutcome> outcome = run.outcome();
    if (outcome.isPresent()) {
      outcomeTold = true;
      outcomes.accept(outcome.orElseThrow());
    }
  }
}
