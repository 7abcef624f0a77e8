package io.headwater.ps.server;

import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.headwater.ps.PsMetrics;
import io.headwater.ps.optimizer.GradientNorm;
import io.headwater.ps.optimizer.Kernels;
import io.headwater.ps.optimizer.ScaledSquares;
import io.headwater.ps.optimizer.TensorNorms;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.Event.Assignment;
import io.headwater.ps.protocol.Event.PlanAnnounced;
import io.headwater.ps.protocol.PushName;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardRange;
import io.headwater.ps.protocol.SummationTree;
import io.headwater.ps.transport.SharedVectors;
import io.prometheus.client.Counter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.NanoClock;

/**
 * The numbers of one run at one shard: sums what is pushed, updates the weights, publishes them.
 *
 * <p>A step has two phases. First the sums of all chunks, at all shards; then, when the lead has
 * committed the step, the updates. Until the commit every worker can compute any micro-batch of the
 * step anew, because nobody has newer weights; from then on no worker is needed for it. All on the
 * shard's thread.
 */
final class ShardTraining implements AutoCloseable {
  private static final int UPDATES_PER_CYCLE = 4;
  private static final int NORMS_PER_MESSAGE = 2048;
  private static final int PIECES_PER_MESSAGE = 512;
  private static final int RUNS_PER_ANSWER = 64;
  private static final long REPEAT_NS = 500_000_000L;

  private final RunSpecification.Training training;
  private final ShardModel model;
  private final ShardRange range;
  private final SummationTree tree;
  private final ChunkAggregator aggregator;
  private final List<ChunkPublisher> publishers;
  private final SnapshotWriter snapshots;
  private final Consumer<Request> lead;
  private final NanoClock clock;
  private final SharedVectors shared;
  private final float meanFactor;

  private final long[] incarnations; // by worker
  private final double[] blockSums;
  private final int[] chunksMissing; // by block
  private final ScaledSquares kernel = ScaledSquares.best();
  private final double[] lanes = new double[Kernels.LANES];
  private int blocksMissing;
  private int chunksLeft;
  private final int[] nodeMissing; // by node: chunks not pushed under its own name
  private int updateNext; // next chunk to update after the commit; chunks() = none
  private int prepareNext; // next chunk to prepare after the commit; chunks() = none
  private boolean committed;
  private float scale = 1f;
  private long saidNs; // when the lead was last told what it waits for
  private long step;
  private PlanAnnounced plan;
  private boolean snapshotDue;
  private long written = -1; // step of the newest snapshot that is on storage

  private final Consumer<float[]> readElements = this::readElements;
  private ChunkFrame pushed; // the frame being added

  private final Counter.Child applied;
  private final Counter.Child duplicate;
  private final Counter.Child stale;
  private final Counter.Child rejected;
  private final Counter.Child nonFinite;
  private final Counter.Child bytesIn;

  ShardTraining(
      RunSpecification run,
      ShardModel model,
      List<ChunkPublisher> publishers,
      SnapshotWriter snapshots,
      Consumer<Request> lead,
      NanoClock clock) {
    this.clock = clock;
    this.shared = new SharedVectors(model.layout().elements());
    this.training = run.training();
    this.model = model;
    this.range = model.range();
    this.publishers = publishers;
    this.snapshots = snapshots;
    this.lead = lead;
    tree = new SummationTree(training.microBatches());
    aggregator = new ChunkAggregator(tree, range.chunks(), range.chunkElements());
    meanFactor = 1f / training.microBatches();
    incarnations = new long[run.workers()];
    blockSums = new double[range.blocks()];
    chunksMissing = new int[range.blocks()];
    nodeMissing = new int[tree.nodes()];
    step = model.firstStep();
    publishers.forEach(publisher -> publisher.open(model));
    int shard = model.shard();
    applied = PsMetrics.updates(shard, "applied");
    duplicate = PsMetrics.updates(shard, "duplicate");
    stale = PsMetrics.updates(shard, "dropped_stale");
    rejected = PsMetrics.updates(shard, "rejected");
    nonFinite = PsMetrics.updates(shard, "rejected_nonfinite");
    bytesIn = PsMetrics.bytesIn(shard);
    PsMetrics.parameters(shard, range.elements(), model.bytes());
    openStep();
  }

  /** Number of updates that the shard's weights have had. */
  long step() {
    return step;
  }

  /** Whether the shard waits for pushes or the commit of a planned step. */
  boolean isBusy() {
    return plan != null && plan.step() == step && !plan.finished();
  }

  /** Takes note of what the step is; the first plan of a run has all weights published. */
  void onPlan(PlanAnnounced announced) {
    if (announced.step() != step
        || (plan != null && plan.step() == step && plan.revision() >= announced.revision())) {
      return;
    }
    if (plan == null) {
      publish(0, range.chunks());
    }
    plan = announced;
    Arrays.fill(incarnations, -1);
    for (Assignment assignment : announced.assignments()) {
      if (assignment.worker() >= 0 && assignment.worker() < incarnations.length) {
        incarnations[assignment.worker()] = assignment.incarnation();
      }
    }
    if (announced.finished() && announced.snapshot()) {
      snapshotDue = true;
    }
  }

  /** Takes a pushed chunk of this run, or puts it off until the step's plan is known. */
  Action onPush(ChunkFrame push) {
    if (!isValid(push)) {
      rejected.inc();
      return Action.CONTINUE;
    }
    if (push.step() < model.chunkStep(push.chunk())) {
      stale.inc();
      return Action.CONTINUE;
    }
    if (push.step() != step) {
      rejected.inc();
      return Action.CONTINUE;
    }
    if (snapshotDue || plan == null || plan.step() != step) {
      return Action.ABORT;
    }
    if (plan.finished() || incarnations[push.worker()] != push.incarnation()) {
      rejected.inc();
      return Action.CONTINUE;
    }
    if (push.vector() != 0 && shared.find(push.vector()) == null) {
      rejected.inc();
      return Action.CONTINUE;
    }
    bytesIn.inc(ChunkFrame.length(push.count()));
    pushed = push;
    switch (aggregator.add(push, readElements)) {
      case DUPLICATE -> duplicate.inc();
      case PARTIAL -> onAdded(push);
      case COMPLETE -> {
        onAdded(push);
        onComplete(push.chunk());
      }
    }
    return Action.CONTINUE;
  }

  private void readElements(float[] into) {
    if (pushed.vector() == 0) {
      pushed.read(into);
    } else {
      int chunk = pushed.chunk();
      shared.find(pushed.vector()).read(range.chunkFrom(chunk), into, 0, pushed.count());
    }
  }

  private void onAdded(ChunkFrame push) {
    applied.inc();
    if (--nodeMissing[push.node()] == 0) {
      accept(push.name());
    }
  }

  private void accept(PushName push) {
    for (int i = 0; i < publishers.size(); i++) {
      publishers.get(i).accept(push);
    }
  }

  /** Tells a worker what has become of a push. */
  void onAsk(Request.AskPush ask) {
    PushName push =
        new PushName(model.run(), ask.step(), ask.node(), ask.worker(), ask.incarnation());
    if (ask.step() < step) {
      accept(push);
    } else if (ask.step() == step && tree.contains(ask.node())) {
      tellMissing(push);
    }
  }

  private void tellMissing(PushName push) {
    int from = firstChunk(push.node(), 0, false);
    if (from == range.chunks()) {
      accept(push);
      return;
    }
    for (int runs = 0; runs < RUNS_PER_ANSWER && from < range.chunks(); runs++) {
      int to = firstChunk(push.node(), from, true);
      for (int i = 0; i < publishers.size(); i++) {
        publishers.get(i).miss(push, from, to - from);
      }
      from = firstChunk(push.node(), to, false);
    }
  }

  /** The first chunk of which a node is there, or is not there; chunks() if there is none. */
  private int firstChunk(int node, int from, boolean there) {
    int chunk = from;
    while (chunk < range.chunks() && holds(chunk, node) != there) {
      chunk++;
    }
    return chunk;
  }

  private boolean holds(int chunk, int node) {
    return model.chunkStep(chunk) > step || aggregator.has(chunk, node);
  }

  /** Starts the updates of a step that no shard lacks anything of. */
  void onCommit(long ofStep, float meanScale) {
    if (ofStep == step && blocksMissing == 0 && !committed) {
      committed = true;
      scale = meanScale;
      if (model.needsNorms()) {
        prepareNext = 0;
      } else {
        updateNext = 0;
      }
    }
  }

  /** Starts the updates that waited for the norms of tensors. */
  void onTrust(Event.TensorTrust trust) {
    if (trust.step() == step && awaitsTrust()) {
      float[] byTensor = new float[trust.byTensor().size()];
      for (int i = 0; i < byTensor.length; i++) {
        byTensor[i] = trust.byTensor().get(i);
      }
      model.trust(byTensor);
      updateNext = 0;
    }
  }

  private boolean awaitsTrust() {
    return committed
        && model.needsNorms()
        && prepareNext == range.chunks()
        && updateNext == range.chunks();
  }

  /** Publishes some chunks once more, if they are what is asked for. */
  void onResend(Request.ResendChunks request) {
    if (request.fromChunk() < 0
        || request.toChunk() > range.chunks()
        || request.fromChunk() > request.toChunk()) {
      return;
    }
    for (int chunk = request.fromChunk(); chunk < request.toChunk(); chunk++) {
      if (plan != null && model.chunkStep(chunk) == request.step()) {
        publish(chunk, chunk + 1);
      }
    }
  }

  /** Goes on with updates, publishing and snapshots; returns the amount of work done. */
  int doWork() {
    int work = 0;
    for (int i = 0; i < UPDATES_PER_CYCLE && prepareNext < range.chunks(); i++) {
      prepare(prepareNext++);
      work++;
    }
    for (int i = 0; i < UPDATES_PER_CYCLE && updateNext < range.chunks(); i++) {
      update(updateNext++);
      work++;
    }
    boolean published = true;
    for (int i = 0; i < publishers.size(); i++) {
      work += publishers.get(i).flush();
      published &= publishers.get(i).isEmpty();
    }
    if (snapshotDue && published) {
      snapshotDue = false;
      snapshots.take(step);
      work++;
    }
    if (snapshots.pollWritten()) {
      written = snapshots.step();
      lead.accept(new Request.PartWritten(model.shard(), written));
      work++;
    }
    return work;
  }

  /** Which micro-batches are missing from how many chunks, for messages. */
  String missing() {
    for (int chunk = 0; chunk < range.chunks(); chunk++) {
      if (model.chunkStep(chunk) == step && !aggregator.isComplete(chunk)) {
        int missingFrom = chunk;
        List<String> absent =
            plan.assignments().stream()
                .filter(a -> !hasAll(missingFrom, a))
                .map(a -> "worker " + a.worker() + " (micro-batches " + a.microBatches() + ")")
                .toList();
        return chunksLeft
            + " of "
            + range.chunks()
            + " chunks; chunk "
            + chunk
            + " lacks "
            + String.join(", ", absent);
      }
    }
    return "the commit by shard 0";
  }

  private boolean hasAll(int chunk, Assignment assignment) {
    return tree.decompose(assignment.microBatches()).stream()
        .allMatch(node -> aggregator.has(chunk, tree.node(node)));
  }

  private boolean isValid(ChunkFrame push) {
    return push.shard() == model.shard()
        && push.chunk() >= 0
        && push.chunk() < range.chunks()
        && push.count() == range.chunkCount(push.chunk())
        && tree.contains(push.node())
        && push.worker() >= 0
        && push.worker() < incarnations.length;
  }

  private void onComplete(int chunk) {
    int block = chunk / range.chunksPerBlock();
    if (--chunksMissing[block] == 0) {
      blockSums[block] = scaleAndSum(block);
      if (!Double.isFinite(blockSums[block])) {
        nonFinite.inc();
        throw new NonFiniteGradientException(step, "in " + tensors(block));
      }
      if (--blocksMissing == 0) {
        sendNorms();
      }
    }
  }

  /** Scales a block's sum to the mean; returns the sum of its squares. */
  private double scaleAndSum(int block) {
    int first = block * range.chunksPerBlock();
    int end = Math.min(first + range.chunksPerBlock(), range.chunks());
    for (int chunk = first; chunk < end; chunk++) {
      kernel.scaleAndSum(aggregator.sum(chunk), range.chunkCount(chunk), meanFactor, lanes);
    }
    return GradientNorm.blockSum(lanes);
  }

  private void sendNorms() {
    saidNs = clock.nanoTime();
    for (int from = 0; from < blockSums.length; from += NORMS_PER_MESSAGE) {
      int to = Math.min(from + NORMS_PER_MESSAGE, blockSums.length);
      double[] part = Arrays.copyOfRange(blockSums, from, to);
      lead.accept(new Request.BlockNorms(model.shard(), step, range.firstBlock() + from, part));
    }
  }

  /** Tells the lead again what it has not answered yet: a message may get lost. */
  void repeat() {
    long nowNs = clock.nanoTime();
    if (nowNs - saidNs < REPEAT_NS || plan == null) {
      return;
    }
    saidNs = nowNs;
    if (plan.step() < step) {
      lead.accept(new Request.StepApplied(model.shard(), step));
    } else if (!plan.finished() && blocksMissing == 0 && !committed) {
      sendNorms();
    } else if (awaitsTrust()) {
      sendTensorNorms();
    }
    if (written >= 0 && (plan.step() < step || plan.finished())) {
      lead.accept(new Request.PartWritten(model.shard(), written));
    }
  }

  private void prepare(int chunk) {
    model.prepare(chunk, aggregator.sum(chunk), scale);
    if (chunk == range.chunks() - 1) {
      sendTensorNorms();
    }
  }

  private void sendTensorNorms() {
    saidNs = clock.nanoTime();
    TensorNorms norms = model.norms();
    int[] tensors = norms.tensors();
    double[][] sums = norms.sums();
    int from = 0;
    do { // a shard without any piece says so too
      int to = Math.min(from + PIECES_PER_MESSAGE, tensors.length);
      List<Request.Piece> pieces = new ArrayList<>(to - from);
      for (int i = from; i < to; i++) {
        pieces.add(new Request.Piece(tensors[i], sums[0][i], sums[1][i]));
      }
      lead.accept(
          new Request.TensorNorms(
              model.shard(),
              step,
              model.layout().entries().size(),
              norms.allPieces(),
              norms.firstPiece() + from,
              pieces));
      from = to;
    } while (from < tensors.length);
  }

  private void update(int chunk) {
    model.update(chunk, aggregator.sum(chunk), scale);
    aggregator.release(chunk);
    publish(chunk, chunk + 1);
    if (--chunksLeft == 0) {
      step += training.localSteps();
      snapshotDue = plan.snapshot();
      saidNs = clock.nanoTime();
      lead.accept(new Request.StepApplied(model.shard(), step));
      openStep();
    }
  }

  private void openStep() {
    chunksLeft = range.chunks();
    blocksMissing = range.blocks();
    updateNext = range.chunks();
    prepareNext = range.chunks();
    committed = false;
    int inLastBlock = range.chunks() - (range.blocks() - 1) * range.chunksPerBlock();
    Arrays.fill(nodeMissing, range.chunks());
    Arrays.fill(chunksMissing, range.chunksPerBlock());
    chunksMissing[chunksMissing.length - 1] = inLastBlock;
    model.begin(step, training.learningRate().at(step));
  }

  private void publish(int fromChunk, int toChunk) {
    for (int i = 0; i < publishers.size(); i++) {
      for (int chunk = fromChunk; chunk < toChunk; chunk++) {
        publishers.get(i).enqueue(chunk);
      }
    }
  }

  @Override
  public void close() {
    shared.close();
    publishers.forEach(ChunkPublisher::close);
  }

  private String tensors(int block) {
    long from = range.from() + (long) block * ChunkSize.BLOCK;
    return TensorNames.between(model.layout(), from, from + range.blockElements(block));
  }
}
