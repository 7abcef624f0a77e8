package io.headwater.ps.server;

import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.Header;
import io.headwater.ps.PsMetrics;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.ControlMessage;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.sparse.ShardTables;
import io.headwater.ps.transport.ControlReceiver;
import io.headwater.ps.transport.ControlSender;
import io.headwater.ps.transport.FrameInlet;
import io.headwater.ps.transport.LeadLink;
import io.headwater.ps.transport.MessageInlet;
import io.headwater.ps.transport.ShardRoute;
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

/**
 * The thread that owns one shard: polls what comes in, does what follows, sends what goes out. It
 * never waits; the only other thread of a shard reads and writes checkpoints.
 */
final class ShardAgent implements Agent {
  private static final int PUSHES_PER_CYCLE = 4;

  private final ShardEndpoint endpoint;
  private final int shards;
  private final List<FrameInlet> pushes = new ArrayList<>();
  private final List<ChunkPublisher> publishers = new ArrayList<>();
  private final ControlReceiver requests;
  private final LeadLink lead;
  private final Coordinator coordinator; // null unless this is the lead shard
  private final NanoClock clock;
  private final Executor storage;
  private final ShardTables tables;
  private final Consumer<RunOutcome> outcomes;
  private final ControlledFragmentHandler pushHandler = this::onPushFrame;
  private final ChunkFrame frame = new ChunkFrame();
  private final Counter.Child malformed;
  private final Counter.Child foreign;
  private ShardRun run;
  private boolean outcomeTold;

  /**
   * @param ends this shard's own end of each transport that it serves
   * @param toLead the way to shard 0
   * @param storage where checkpoints are read and written, one after the other
   * @param tables the shard's sparse tables, on the same thread
   */
  ShardAgent(
      List<ShardEndpoint> endpoints,
      ShardEndpoint endpoint,
      List<ShardRoute> ends,
      ShardRoute toLead,
      NanoClock clock,
      Executor storage,
      ShardTables tables,
      Consumer<RunOutcome> outcomes) {
    this.clock = clock;
    this.storage = storage;
    this.tables = tables;
    this.endpoint = endpoint;
    this.shards = endpoints.size();
    this.outcomes = outcomes;
    int shard = endpoint.shard();
    malformed = PsMetrics.updates(shard, "malformed");
    foreign = PsMetrics.updates(shard, "rejected");
    List<MessageInlet> requestStreams = new ArrayList<>();
    List<ControlSender> eventStreams = new ArrayList<>();
    for (ShardRoute end : ends) {
      pushes.add(end.listenForPushes());
      requestStreams.add(end.listenForRequests());
      publishers.add(new ChunkPublisher(end.publishWeights(), end.isLocal()));
      if (shard == 0) {
        eventStreams.add(new ControlSender(end.publishEvents()));
      }
    }
    requests = new ControlReceiver(requestStreams, this::onRequest);
    coordinator = shard == 0 ? new Coordinator(endpoints, eventStreams) : null;
    lead = new LeadLink(toLead, clock, this::onEvent);
  }

  @Override
  public String roleName() {
    return "headwater-shard-" + endpoint.shard();
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
    int work = requests.poll() + lead.poll();
    for (int i = 0; i < pushes.size(); i++) {
      work += pushes.get(i).poll(pushHandler, PUSHES_PER_CYCLE);
    }
    if (run != null) {
      work += run.doWork(nowNs);
    }
    if (coordinator != null) {
      work += coordinator.doWork(nowNs);
    }
    tellOutcome(nowNs);
    return work;
  }

  @Override
  public void onClose() {
    CloseHelper.quietClose(run);
  }

  private ControlledFragmentHandler.Action onPushFrame(
      DirectBuffer buffer, int offset, int length, Header header) {
    if (!frame.wrap(buffer, offset, length) || frame.type() != ChunkFrame.PUSH) {
      malformed.inc();
      return ControlledFragmentHandler.Action.CONTINUE;
    }
    if (run == null || frame.run() != run.key()) {
      foreign.inc();
      return ControlledFragmentHandler.Action.CONTINUE;
    }
    return run.onPush(frame);
  }

  private void onRequest(long key, ControlMessage message) {
    if (!(message instanceof Request request)) {
      return;
    }
    if (request instanceof Request.OpenRun open) {
      open(key, open);
    } else if (request instanceof Request.ResendChunks resend && run != null && key == run.key()) {
      run.onResend(resend);
    } else if (request instanceof Request.AskPush ask && run != null && key == run.key()) {
      run.onAsk(ask);
    }
    if (coordinator != null) {
      coordinator.on(key, request, clock.nanoTime());
    }
  }

  private void onEvent(Event event) {
    if (run != null) {
      run.onEvent(event);
    }
  }

  private void open(long key, Request.OpenRun open) {
    boolean busy = run != null && !run.hasEnded();
    if (busy || key != RunKey.of(open.run().runId()) || (run != null && key == run.key())) {
      return;
    }
    CloseHelper.quietClose(run);
    run = new ShardRun(open.run(), endpoint, shards, lead, publishers, storage, clock, tables);
    tables.open(open.run());
    outcomeTold = false;
  }

  // The lead's process must live until everyone has heard how the run ended.
  private void tellOutcome(long nowNs) {
    if (run == null || outcomeTold) {
      return;
    }
    Optional<RunOutcome> outcome = coordinator == null ? run.outcome() : coordinator.outcome(nowNs);
    if (outcome.isPresent()) {
      outcomeTold = true;
      outcomes.accept(outcome.orElseThrow());
    }
  }
}
