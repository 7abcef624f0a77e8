package io.headwater.ps.server;

import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.Header;
import io.headwater.ps.PsMetrics;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.ControlMessage;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.transport.ControlReceiver;
import io.headwater.ps.transport.ControlSender;
import io.headwater.ps.transport.LeadLink;
import io.headwater.ps.transport.ShardRoute;
import io.prometheus.client.Counter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;

/**
 * The thread that owns one shard: polls what comes in, does what follows, sends what goes out. It
 * never waits; the only other thread of a shard reads and writes checkpoints.
 */
final class ShardAgent implements Agent {
  private static final int PUSHES_PER_CYCLE = 4;

  private final ShardEndpoint endpoint;
  private final int shards;
  private final List<Subscription> pushes = new ArrayList<>();
  private final List<ChunkPublisher> publishers = new ArrayList<>();
  private final ControlReceiver requests;
  private final LeadLink lead;
  private final Coordinator coordinator; // null unless this is the lead shard
  private final ExecutorService storage;
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
   */
  ShardAgent(
      List<ShardEndpoint> endpoints,
      ShardEndpoint endpoint,
      List<ShardRoute> ends,
      ShardRoute toLead,
      Consumer<RunOutcome> outcomes) {
    this.endpoint = endpoint;
    this.shards = endpoints.size();
    this.outcomes = outcomes;
    int shard = endpoint.shard();
    malformed = PsMetrics.updates(shard, "malformed");
    foreign = PsMetrics.updates(shard, "rejected");
    List<Subscription> requestStreams = new ArrayList<>();
    List<ControlSender> eventStreams = new ArrayList<>();
    for (ShardRoute end : ends) {
      pushes.add(end.listenForPushes());
      requestStreams.add(end.listenForRequests());
      ExclusivePublication weights = end.publishWeights();
      publishers.add(new ChunkPublisher(weights));
      if (shard == 0) {
        eventStreams.add(new ControlSender(end.publishEvents()));
      }
    }
    requests = new ControlReceiver(requestStreams, this::onRequest);
    coordinator = shard == 0 ? new Coordinator(endpoints, eventStreams) : null;
    lead = new LeadLink(toLead, this::onEvent);
    storage =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "headwater-storage-" + shard);
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public String roleName() {
    return "headwater-shard-" + endpoint.shard();
  }

  @Override
  public int doWork() {
    long nowNs = System.nanoTime();
    int work = requests.poll() + lead.poll();
    for (int i = 0; i < pushes.size(); i++) {
      work += pushes.get(i).controlledPoll(pushHandler, PUSHES_PER_CYCLE);
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
    storage.shutdownNow();
  }

  private ControlledFragmentHandler.Action onPushFrame(
      DirectBuffer buffer, int offset, int length, Header header) {
    if (!frame.wrap(buffer, offset, length, ChunkFrame.PUSH)) {
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
    }
    if (coordinator != null) {
      coordinator.on(key, request, System.nanoTime());
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
    run = new ShardRun(open.run(), endpoint, shards, lead, publishers, storage);
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
