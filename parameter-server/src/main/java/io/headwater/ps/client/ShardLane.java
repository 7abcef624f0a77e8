package io.headwater.ps.client;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.PsMetrics;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.PushName;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.protocol.ShardRange;
import io.headwater.ps.transport.ControlSender;
import io.headwater.ps.transport.ShardRoute;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
import java.util.BitSet;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A worker's traffic with one shard: gradients out, weights in. For the worker's thread. */
final class ShardLane {
  private static final int FRAMES_PER_CYCLE = 4;
  private static final long RESEND_NS = 1_000_000_000L;

  private final ShardEndpoint endpoint;
  private final ExclusivePublication pushes;
  private final Subscription weights;
  private final ControlSender requests;
  private final ControlledFragmentHandler weightsHandler = this::onWeights;
  private final BufferClaim claim = new BufferClaim();
  private final ChunkFrame frame = new ChunkFrame();
  private final UnsafeBuffer source = new UnsafeBuffer(0, 0);
  private final UnsafeBuffer target = new UnsafeBuffer(0, 0);
  private final Counter.Child backpressure = PsMetrics.backpressure("push");
  private final Histogram.Child pushSeconds;
  private final Histogram.Child pullSeconds;

  private long run;
  private ShardRange range;
  private FlatVector parameters;
  private long wantedStep = -1; // -1: not known yet
  private final BitSet received = new BitSet();
  private int missing;
  private long receivedNs;
  private long pullStartedNs; // 0: the worker does not wait yet

  private FlatVector gradients;
  private PushName name;
  private int nextChunk;
  private long pushStartedNs;

  ShardLane(ShardRoute route) {
    endpoint = route.endpoint();
    pushes = route.push();
    weights = route.weights();
    requests = new ControlSender(route.requests());
    pushSeconds = PsMetrics.pushSeconds(endpoint.shard());
    pullSeconds = PsMetrics.pullSeconds(endpoint.shard());
  }

  ShardEndpoint endpoint() {
    return endpoint;
  }

  boolean isConnected() {
    return pushes.isConnected() && weights.isConnected();
  }

  /** Where received weights go from now on. */
  void open(long runKey, FlatVector into, int shards) {
    run = runKey;
    parameters = into;
    range = ShardRange.of(into.elements(), endpoint.shard(), shards, endpoint.chunkElements());
  }

  /** Waits for all weights of a step. */
  void want(long step) {
    wantedStep = step;
    received.clear();
    missing = range.chunks();
    receivedNs = System.nanoTime();
    pullStartedNs = 0;
  }

  /** The worker waits for the wanted weights from now on; some may have come already. */
  void startPull() {
    pullStartedNs = System.nanoTime();
    if (missing == 0) {
      pullSeconds.observe(0);
    }
  }

  boolean isComplete() {
    return missing == 0;
  }

  String missing() {
    return missing + " of " + range.chunks() + " chunks from " + endpoint;
  }

  void startPush(PushName push, FlatVector from) {
    name = push;
    gradients = from;
    nextChunk = 0;
    pushStartedNs = System.nanoTime();
  }

  boolean isPushed() {
    return gradients == null;
  }

  /** Sends some chunks; returns how many. */
  int push() {
    int sent = 0;
    while (gradients != null && sent < FRAMES_PER_CYCLE) {
      if (!pushChunk(nextChunk)) {
        break;
      }
      sent++;
      if (++nextChunk == range.chunks()) {
        gradients = null;
        pushSeconds.observe((System.nanoTime() - pushStartedNs) * 1e-9);
      }
    }
    return sent;
  }

  private boolean pushChunk(int chunk) {
    int count = range.chunkCount(chunk);
    long result = pushes.tryClaim(ChunkFrame.length(count), claim);
    if (result > 0) {
      source.wrap(gradients.address() + Float.BYTES * range.chunkFrom(chunk), Float.BYTES * count);
      ChunkFrame.putPush(claim.buffer(), claim.offset(), name, endpoint.shard(), chunk, count);
      claim
          .buffer()
          .putBytes(claim.offset() + ChunkFrame.HEADER_LENGTH, source, 0, Float.BYTES * count);
      claim.commit();
      return true;
    }
    if (result == Publication.CLOSED) {
      throw new ParameterServerException(
          "Cannot push to " + endpoint + ": its media driver is gone");
    }
    backpressure.inc();
    return false;
  }

  /** Takes in weights that have arrived; returns the number of frames. */
  int poll() {
    return weights.controlledPoll(weightsHandler, FRAMES_PER_CYCLE);
  }

  /** Asks for chunks that should have come by now. */
  void askAgain(int worker) {
    requests.flush();
    long nowNs = System.nanoTime();
    if (missing > 0 && nowNs - receivedNs > RESEND_NS) {
      receivedNs = nowNs;
      int from = received.nextClearBit(0);
      int to = received.previousClearBit(range.chunks() - 1) + 1;
      requests.trySend(run, new Request.ResendChunks(worker, wantedStep, from, to));
    }
  }

  private Action onWeights(DirectBuffer buffer, int offset, int length, Header header) {
    if (!frame.wrap(buffer, offset, length, ChunkFrame.WEIGHTS)
        || frame.run() != run
        || frame.shard() != endpoint.shard()) {
      return Action.CONTINUE;
    }
    if (wantedStep < 0) {
      return Action.ABORT; // joining: the plan, which says what step it is, is on its way
    }
    int chunk = frame.chunk();
    if (frame.step() == wantedStep
        && chunk >= 0
        && chunk < range.chunks()
        && frame.count() == range.chunkCount(chunk)
        && !received.get(chunk)) {
      int bytes = Float.BYTES * frame.count();
      target.wrap(parameters.address() + Float.BYTES * range.chunkFrom(chunk), bytes);
      frame.read(target, 0);
      received.set(chunk);
      receivedNs = System.nanoTime();
      if (--missing == 0 && pullStartedNs != 0) {
        pullSeconds.observe((receivedNs - pullStartedNs) * 1e-9);
      }
    }
    return Action.CONTINUE;
  }
}
