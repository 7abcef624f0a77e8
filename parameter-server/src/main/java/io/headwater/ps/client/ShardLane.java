package io.headwater.ps.client;

import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.PsMetrics;
import io.headwater.ps.codec.ChunkDecoders;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.PushName;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.protocol.ShardRange;
import io.headwater.ps.transport.ControlSender;
import io.headwater.ps.transport.FrameInlet;
import io.headwater.ps.transport.FrameOutlet;
import io.headwater.ps.transport.MessageOutlet;
import io.headwater.ps.transport.ShardRoute;
import io.headwater.ps.transport.SharedVectors;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
import java.time.Duration;
import java.util.BitSet;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A worker's traffic with one replica of a shard: gradients out, weights in. A state machine that
 * never waits; what got lost on the way is asked for. For one thread.
 */
final class ShardLane implements AutoCloseable {
  private static final int BLOCKS_PER_TURN = 4;
  private static final long ASK_NS = 200_000_000L;
  private static final long RESEND_NS = 1_000_000_000L;

  private final ShardEndpoint endpoint;
  private final boolean local;
  private final int framesPerTurn;
  private final NanoClock clock;
  private final FrameOutlet pushes;
  private final FrameInlet weights;
  private final MessageOutlet requestOutlet;
  private final ControlSender requests;
  private final ControlledFragmentHandler frameHandler = this::onFrame;
  private final BufferClaim claim = new BufferClaim();
  private final ChunkFrame frame = new ChunkFrame();
  private final ChunkDecoders decoders = new ChunkDecoders();
  private final UnsafeBuffer source = new UnsafeBuffer(0, 0);
  private final UnsafeBuffer target = new UnsafeBuffer(0, 0);
  private final Counter.Child backpressure = PsMetrics.backpressure("push");
  private final Counter.Child sentWhileComputing;
  private final Counter.Child sentWhileWaiting;
  private final Histogram.Child pushSeconds;
  private final Histogram.Child pullSeconds;

  private long run;
  private ShardRange range;
  private FlatVector parameters;
  private SharedVectors shared;

  // Pull. The step is not known while joining: the newest that comes is taken in. Of a shard's
  // lanes one takes weights at a time, so that no late frame overwrites what another has brought.
  private boolean takesWeights;
  private boolean joining = true;
  private long wantedStep = -1;
  private boolean orLater; // newer weights than the wanted ones will do
  private final BitSet received = new BitSet();
  private int missing;
  private long receivedNs;
  private long pullStartedNs; // 0: the worker does not wait yet

  // Push, from the last chunk to the first, as backward passes go. A chunk that the shard lacks
  // when asked is only late, perhaps; one that it still lacks
  // when asked again is lost.
  private OutgoingGradient gradient; // null: nothing is being pushed
  private PushName name;
  private final BitSet toSend = new BitSet();
  private int firstFinal; // chunks from here on may be sent
  private boolean awaited; // by the worker, which has the whole gradient
  private BitSet lacking = new BitSet(); // by the answer to the last question
  private BitSet lackingBefore = new BitSet(); // by the answer to the one before
  private long askedNs;
  private long pushStartedNs;
  private long goneNs; // since when the media driver of the lane is gone; 0: it is there

  ShardLane(ShardRoute route, NanoClock clock) {
    this.clock = clock;
    endpoint = route.endpoint();
    local = route.isLocal();
    framesPerTurn = ChunkSize.perTurn(endpoint.chunkElements(), BLOCKS_PER_TURN);
    takesWeights = endpoint.replica() == 0; // until a plan says who the primary is
    pushes = route.push();
    weights = route.weights();
    requestOutlet = route.requests();
    requests = new ControlSender(requestOutlet);
    sentWhileComputing = PsMetrics.sentChunks(endpoint.shard(), "computing");
    sentWhileWaiting = PsMetrics.sentChunks(endpoint.shard(), "waiting");
    pushSeconds = PsMetrics.pushSeconds(endpoint.shard());
    pullSeconds = PsMetrics.pullSeconds(endpoint.shard());
  }

  ShardEndpoint endpoint() {
    return endpoint;
  }

  boolean isLocal() {
    return local;
  }

  boolean isConnected() {
    return pushes.isConnected() && weights.isConnected();
  }

  /** Where received weights go from now on. */
  void open(long runKey, FlatVector into, int shards) {
    run = runKey;
    parameters = into;
    range = ShardRange.of(into.elements(), endpoint.shard(), shards, endpoint.chunkElements());
    shared = new SharedVectors(range.elements());
    missing = range.chunks();
  }

  /** Whether this lane leads to the primary, from which the weights come. */
  void takeWeights(boolean fromHere) {
    if (fromHere && !takesWeights) {
      expect(wantedStep);
    }
    takesWeights = fromHere;
  }

  /** Waits for all weights of a step; those that came while joining count if they are of it. */
  void want(long step) {
    orLater = false;
    if (!joining || wantedStep != step) {
      expect(step);
    }
    joining = false;
    pullStartedNs = 0;
  }

  /** Waits for all weights of a step or of later ones, and asks for them at once. */
  void wantNewest(long step) {
    orLater = true;
    expect(step);
    joining = false;
    pullStartedNs = 0;
    receivedNs -= RESEND_NS;
  }

  private void expect(long step) {
    wantedStep = step;
    received.clear();
    missing = range.chunks();
    receivedNs = clock.nanoTime();
  }

  /** The worker waits for the wanted weights from now on; some may have come already. */
  void startPull() {
    pullStartedNs = clock.nanoTime();
    if (missing == 0) {
      pullSeconds.observe(0);
    }
  }

  boolean isComplete() {
    return missing == 0;
  }

  void startPush(PushName push, OutgoingGradients from) {
    name = push;
    gradient = from.to(endpoint.shard(), range);
    toSend.set(0, range.chunks());
    firstFinal = range.chunks();
    awaited = false;
    lacking.clear();
    lackingBefore.clear();
    askedNs = clock.nanoTime();
  }

  /** The pushed gradient is final from an element of the flat vector on. */
  void finalFrom(long element) {
    if (gradient != null) {
      firstFinal = range.chunkBehind(element);
    }
  }

  /** The pushed gradient is final, and the worker waits for it to be accepted. */
  void finishPush() {
    firstFinal = 0;
    awaited = true;
    pushStartedNs = clock.nanoTime();
  }

  /** Whether the shard has said that it holds all of the last push. */
  boolean isPushed() {
    return gradient == null;
  }

  /** The step of the last push is over: nobody needs it any more. */
  void forgetPush() {
    gradient = null;
  }

  /** Sends and takes in some chunks, and asks for what should have come; returns how much. */
  int poll() {
    requests.flush();
    int missingBefore = missing;
    int work = push() + weights.poll(frameHandler, framesPerTurn);
    if (missing != missingBefore) {
      receivedNs = clock.nanoTime();
    }
    return work;
  }

  private int push() {
    int sent = sendFinal();
    if (gradient != null && toSend.isEmpty() && clock.nanoTime() - askedNs > ASK_NS) {
      ask();
    }
    return sent;
  }

  /** Sends some chunks of what is final of the gradient; returns how many. */
  int sendFinal() {
    int sent = 0;
    int chunk = gradient == null ? -1 : toSend.previousSetBit(range.chunks() - 1);
    while (chunk >= firstFinal && sent < framesPerTurn && pushChunk(chunk)) {
      toSend.clear(chunk);
      sent++;
      chunk = toSend.previousSetBit(chunk);
    }
    if (sent > 0) {
      askedNs = clock.nanoTime();
      (awaited ? sentWhileWaiting : sentWhileComputing).inc(sent);
    }
    return sent;
  }

  /** Whether something of the gradient is final and not sent. */
  boolean hasFinal() {
    return gradient != null && toSend.previousSetBit(range.chunks() - 1) >= firstFinal;
  }

  /**
   * The media driver of a lane goes with its replica; the coordinator soon says who is left.
   *
   * @throws ParameterServerException if it has not for {@code silence}
   */
  void checkReachable(Duration silence) {
    if (goneNs != 0 && clock.nanoTime() - goneNs > silence.toNanos()) {
      throw new ParameterServerException(
          "Cannot push to " + endpoint + ": its media driver is gone");
    }
  }

  private void ask() {
    askedNs = clock.nanoTime();
    BitSet forgotten = lackingBefore;
    lackingBefore = lacking;
    lacking = forgotten;
    lacking.clear();
    requests.trySend(
        run, new Request.AskPush(name.worker(), name.incarnation(), name.step(), name.node()));
  }

  private boolean pushChunk(int chunk) {
    long result = pushes.tryClaim(gradient.frameLength(chunk, local), claim);
    if (result > 0) {
      gradient.write(chunk, local, name, claim.buffer(), claim.offset());
      pushes.commit(claim);
      return true;
    }
    if (result == Publication.CLOSED) {
      goneNs = goneNs == 0 ? clock.nanoTime() : goneNs;
    }
    backpressure.inc();
    return false;
  }

  /** Asks for weights that should have come by now. */
  void askAgain(int worker) {
    long nowNs = clock.nanoTime();
    if (missing > 0 && nowNs - receivedNs > RESEND_NS) {
      receivedNs = nowNs;
      int from = received.nextClearBit(0);
      int to = received.previousClearBit(range.chunks() - 1) + 1;
      requests.trySend(run, new Request.ResendChunks(worker, wantedStep, from, to));
    }
  }

  private Action onFrame(DirectBuffer buffer, int offset, int length, Header header) {
    if (!frame.wrap(buffer, offset, length)
        || frame.run() != run
        || frame.shard() != endpoint.shard()) {
      return Action.CONTINUE;
    }
    switch (frame.type()) {
      case ChunkFrame.WEIGHTS -> onWeights();
      case ChunkFrame.ACCEPTED -> onAccepted();
      case ChunkFrame.MISSING -> onMissing();
      default -> {}
    }
    return Action.CONTINUE;
  }

  private void onWeights() {
    if (!takesWeights) {
      return;
    }
    if (joining && frame.step() > wantedStep) {
      expect(frame.step());
    }
    int chunk = frame.chunk();
    if (frame.step() < wantedStep
        || (frame.step() > wantedStep && !orLater)
        || chunk < 0
        || chunk >= range.chunks()
        || frame.count() != range.chunkCount(chunk)
        || received.get(chunk)) {
      return;
    }
    if (!readWeights(chunk)) {
      return;
    }
    received.set(chunk);
    if (--missing == 0 && pullStartedNs != 0) {
      pullSeconds.observe((clock.nanoTime() - pullStartedNs) * 1e-9);
    }
  }

  private boolean readWeights(int chunk) {
    int bytes = Float.BYTES * frame.count();
    target.wrap(parameters.address() + Float.BYTES * range.chunkFrom(chunk), bytes);
    if (frame.vector() != 0) {
      return readShared(chunk, bytes);
    }
    if (frame.codec() == ChunkFrame.FLOAT32) {
      frame.read(target, 0);
      return true;
    }
    return decoders
        .of(frame.codec())
        .decode(
            frame.buffer(),
            frame.payloadOffset(),
            frame.payloadLength(),
            parameters,
            range.chunkFrom(chunk),
            frame.count());
  }

  private boolean readShared(int chunk, int bytes) {
    FlatVector vector = local ? shared.find(frame.vector()) : null;
    if (vector == null) {
      return false;
    }
    source.wrap(vector.address() + Float.BYTES * (range.chunkFrom(chunk) - range.from()), bytes);
    target.putBytes(0, source, 0, bytes);
    return true;
  }

  private void onAccepted() {
    if (gradient != null && frame.isOf(name)) {
      gradient = null;
      pushSeconds.observe((clock.nanoTime() - pushStartedNs) * 1e-9);
    }
  }

  private void onMissing() {
    int from = frame.chunk();
    int to = from + frame.count();
    if (gradient == null || !frame.isOf(name) || from < 0 || from >= to || to > range.chunks()) {
      return;
    }
    lacking.set(from, to);
    for (int chunk = from; chunk < to; chunk++) {
      if (lackingBefore.get(chunk)) {
        toSend.set(chunk);
      }
    }
  }

  @Override
  public void close() {
    CloseHelper.quietClose(shared);
    CloseHelper.quietClose(pushes);
    CloseHelper.quietClose(weights);
    CloseHelper.quietClose(requestOutlet);
  }
}
