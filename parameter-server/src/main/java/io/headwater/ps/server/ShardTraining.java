package io.headwater.ps.server;

import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.headwater.ps.PsMetrics;
import io.headwater.ps.optimizer.GradientNorm;
import io.headwater.ps.optimizer.Kernels;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.Event.Assignment;
import io.headwater.ps.protocol.Event.PlanAnnounced;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardRange;
import io.headwater.ps.protocol.SummationTree;
import io.prometheus.client.Counter;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The numbers of one run at one shard: sums what is pushed, updates the weights, publishes them.
 *
 * <p>Without clipping a chunk is updated and published as soon as its sum is complete. With it, all
 * sums come first, then the global norm by way of the lead shard, then the updates. All on the
 * shard's thread.
 */
final class ShardTraining {
  private static final int UPDATES_PER_CYCLE = 4;
  private static final int NORMS_PER_MESSAGE = 2048;

  private final RunSpecification.Training training;
  private final ShardModel model;
  private final ShardRange range;
  private final SummationTree tree;
  private final ChunkAggregator aggregator;
  private final List<ChunkPublisher> publishers;
  private final SnapshotWriter snapshots;
  private final Consumer<Request> lead;
  private final float meanFactor;

  private final long[] incarnations; // by worker
  private final double[] blockSums;
  private final int[] chunksMissing; // by block
  private final double[] lanes = new double[Kernels.LANES];
  private int blocksMissing;
  private int chunksLeft;
  private int updateNext; // next chunk to update after the norm; chunks() = none
  private float clipScale = 1f;
  private long step;
  private PlanAnnounced plan;
  private boolean snapshotDue;

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
      Consumer<Request> lead) {
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

  /** Whether the shard waits for pushes or the clip scale of a planned step. */
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
    bytesIn.inc(ChunkFrame.length(push.count()));
    switch (aggregator.add(push)) {
      case DUPLICATE -> duplicate.inc();
      case PARTIAL -> applied.inc();
      case COMPLETE -> {
        applied.inc();
        onComplete(push.chunk());
      }
    }
    return Action.CONTINUE;
  }

  /** Starts the updates of a step whose norm is known. */
  void onClipScale(long ofStep, float scale) {
    if (ofStep == step && blocksMissing == 0 && updateNext == range.chunks() && chunksLeft > 0) {
      clipScale = scale;
      updateNext = 0;
    }
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
    for (int i = 0; i < UPDATES_PER_CYCLE && updateNext < range.chunks(); i++) {
      update(updateNext++, clipScale);
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
      lead.accept(new Request.PartWritten(model.shard(), snapshots.step()));
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
    return "the clip scale from shard 0";
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
    float[] sum = aggregator.sum(chunk);
    int count = range.chunkCount(chunk);
    if (!training.optimizer().clips()) {
      if (!Kernels.allFinite(sum, count)) {
        nonFinite.inc();
        throw new NonFiniteGradientException(step, "in " + tensors(chunk / range.chunksPerBlock()));
      }
      update(chunk, meanFactor);
      return;
    }
    Kernels.scale(sum, count, meanFactor);
    int block = chunk / range.chunksPerBlock();
    if (--chunksMissing[block] == 0) {
      blockSums[block] = blockSum(block);
      if (!Double.isFinite(blockSums[block])) {
        nonFinite.inc();
        throw new NonFiniteGradientException(step, "in " + tensors(block));
      }
      if (--blocksMissing == 0) {
        sendNorms();
      }
    }
  }

  private double blockSum(int block) {
    int first = block * range.chunksPerBlock();
    int end = Math.min(first + range.chunksPerBlock(), range.chunks());
    for (int chunk = first; chunk < end; chunk++) {
      Kernels.sumOfSquares(aggregator.sum(chunk), range.chunkCount(chunk), lanes);
    }
    return GradientNorm.blockSum(lanes);
  }

  private void sendNorms() {
    for (int from = 0; from < blockSums.length; from += NORMS_PER_MESSAGE) {
      int to = Math.min(from + NORMS_PER_MESSAGE, blockSums.length);
      double[] part = Arrays.copyOfRange(blockSums, from, to);
      lead.accept(new Request.BlockNorms(model.shard(), step, range.firstBlock() + from, part));
    }
  }

  private void update(int chunk, float scale) {
    model.update(chunk, aggregator.sum(chunk), scale);
    aggregator.release(chunk);
    publish(chunk, chunk + 1);
    if (--chunksLeft == 0) {
      step++;
      snapshotDue = plan.snapshot();
      lead.accept(new Request.StepApplied(model.shard(), step));
      openStep();
    }
  }

  private void openStep() {
    chunksLeft = range.chunks();
    blocksMissing = range.blocks();
    updateNext = range.chunks();
    int inLastBlock = range.chunks() - (range.blocks() - 1) * range.chunksPerBlock();
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

  private String tensors(int block) {
    long from = range.from() + (long) block * ChunkSize.BLOCK;
    return TensorNames.between(model.layout(), from, from + range.blockElements(block));
  }
}
