package io.headwater.ps.server;

import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.headwater.ps.PsMetrics;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.Event.Assignment;
import io.headwater.ps.protocol.Event.PlanAnnounced;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardRange;
import io.headwater.ps.protocol.SummationTree;
import io.prometheus.client.Counter;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.NanoClock;

/**
 * The numbers of one run at one replica of a shard: sums what is pushed, updates the weights; the
 * primary publishes them and keeps them on storage.
 *
 * <p>A step has two phases. First the sums of all chunks, at all replicas of all shards; then, when
 * the coordinator has committed the step, the updates. Until the commit every worker can compute
 * any micro-batch of the step anew, because nobody has newer weights; from then on no worker is
 * needed for it. All on the replica's thread.
 */
final class ShardTraining implements AutoCloseable {
  private final RunSpecification.Training training;
  private final ReplicaId self;
  private final ShardModel model;
  private final ShardRange range;
  private final SummationTree tree;
  private final ChunkAggregator aggregator;
  private final BlockSums blocks;
  private final CoordinatorReports reports;
  private final List<ChunkPublisher> publishers;
  private final SnapshotWriter snapshots;
  private final PushAnswers answers;
  private final StateTransfer transfer;
  private final PushAdmission admission;
  private final StepUpdates updates;

  private long step;
  private int sumsFrom; // plan of this step from which on pushes are in the sums
  private PlanAnnounced plan; // the newest of this step
  private PlanAnnounced view; // the newest, for who the replicas are
  private boolean primary;
  private boolean snapshotDue;
  private long written = -1; // step of the newest snapshot that is on storage

  private final Counter.Child applied;
  private final Counter.Child duplicate;
  private final Counter.Child nonFinite;

  ShardTraining(
      RunSpecification run,
      ReplicaId self,
      ShardModel model,
      List<ChunkPublisher> publishers,
      SnapshotWriter snapshots,
      StateTransfer transfer,
      Consumer<Request> coordinator,
      NanoClock clock) {
    this.self = self;
    this.training = run.training();
    this.model = model;
    this.range = model.range();
    this.publishers = publishers;
    this.snapshots = snapshots;
    tree = new SummationTree(training.microBatches());
    aggregator = new ChunkAggregator(tree, range.chunks(), range.chunkElements());
    this.transfer = transfer;
    answers = new PushAnswers(model, tree, aggregator, publishers);
    blocks = new BlockSums(range, aggregator, 1f / training.microBatches());
    reports = new CoordinatorReports(self, coordinator, clock);
    admission = new PushAdmission(run, model, tree);
    updates = new StepUpdates(model, aggregator, reports, training.localSteps(), this::onUpdated);
    step = model.firstStep();
    publishers.forEach(publisher -> publisher.open(model, training.codecs().pull()));
    int shard = model.shard();
    applied = PsMetrics.updates(shard, "applied");
    duplicate = PsMetrics.updates(shard, "duplicate");
    nonFinite = PsMetrics.updates(shard, "rejected_nonfinite");
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

  /** Takes note of what the step is, and of who holds the shards, from a newer plan than before. */
  void onPlan(PlanAnnounced announced) {
    view = announced;
    lookAround();
    if (announced.step() != step) {
      return;
    }
    plan = announced;
    if (announced.sumsFrom() > sumsFrom && !updates.isCommitted()) {
      startSumsAnew(announced.sumsFrom());
    }
    admission.onPlan(announced);
    if (announced.finished() && announced.snapshot() && primary && snapshots.step() != step) {
      snapshotDue = true;
    }
  }

  /** Sees who this replica is among the others of its shard, and what it owes them. */
  private void lookAround() {
    boolean wasPrimary = primary;
    primary = view.isPrimary(self);
    if (primary && !wasPrimary) {
      publish(0, range.chunks()); // workers may wait for what the one before has not published
    }
    if (view.step() >= step && view.newcomers().contains(self)) {
      arrive();
    }
    if (primary && view.step() == step) {
      transfer.bringUp(view);
    }
  }

  /** This replica is new: it takes the primary's state in, and sums pushes up meanwhile. */
  private void arrive() {
    if (!transfer.isArriving() && view.step() != step) {
      step = view.step();
      model.adopt(step);
      openStep();
    }
    transfer.arrive(view);
  }

  /** Takes a chunk of the primary's state in. */
  Action onState(ChunkFrame state) {
    if (transfer.onState(state) && blocks.areComplete()) {
      sendNorms();
    }
    return Action.CONTINUE;
  }

  void onResendState(Request.ResendState request) {
    transfer.onResend(request);
  }

  /** Takes a pushed chunk of this run, or puts it off until the step's plan is known. */
  Action onPush(ChunkFrame push) {
    return switch (admission.judge(push, step, snapshotDue ? null : plan)) {
      case DROP -> Action.CONTINUE;
      case LATER -> Action.ABORT;
      case TAKE -> {
        take(push);
        yield Action.CONTINUE;
      }
    };
  }

  private void take(ChunkFrame push) {
    switch (aggregator.add(push, admission.elements())) {
      case DUPLICATE -> duplicate.inc();
      case PARTIAL -> onAdded(push);
      case COMPLETE -> {
        onAdded(push);
        onComplete(push.chunk());
      }
    }
  }

  private void onAdded(ChunkFrame push) {
    applied.inc();
    answers.onAdded(push);
  }

  /** Tells a worker what has become of a push. */
  void onAsk(Request.AskPush ask) {
    answers.onAsk(ask);
  }

  /** Starts the updates of a step that no shard lacks anything of. */
  void onCommit(Event.StepCommitted commit) {
    if (commit.step() == step && blocks.areComplete() && !updates.isCommitted()) {
      updates.commit(commit);
    }
  }

  /** The norms of all tensors are known. */
  void onTrust(Event.TensorTrust announced) {
    if (announced.step() == step) {
      updates.trust(announced.byTensor());
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
      if (primary && isWanted(model.chunkStep(chunk), request.step())) {
        publish(chunk, chunk + 1);
      }
    }
  }

  private boolean isWanted(long chunkStep, long askedFor) {
    return training.isAsynchronous() ? chunkStep >= askedFor : chunkStep == askedFor;
  }

  /** Goes on with updates, publishing and snapshots; returns the amount of work done. */
  int doWork() {
    int work = updates.doWork() + transfer.poll();
    boolean published = true;
    for (int i = 0; i < publishers.size(); i++) {
      work += publishers.get(i).flush();
      published &= publishers.get(i).isEmpty();
    }
    if (snapshotDue && published && !snapshots.isBusy()) {
      snapshotDue = false;
      snapshots.take(step);
      work++;
    }
    if (snapshots.pollWritten()) {
      written = snapshots.step();
      reports.written(written);
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
        return updates.left()
            + " of "
            + range.chunks()
            + " chunks; chunk "
            + chunk
            + " lacks "
            + String.join(", ", absent);
      }
    }
    return "the commit by the coordinator";
  }

  private boolean hasAll(int chunk, Assignment assignment) {
    return tree.decompose(assignment.microBatches()).stream()
        .allMatch(node -> aggregator.has(chunk, tree.node(node)));
  }

  private void onComplete(int chunk) {
    int block = blocks.onChunk(chunk);
    if (block == BlockSums.NONE) {
      return;
    }
    if (!Double.isFinite(blocks.squares()[block])) {
      nonFinite.inc();
      if (training.guard() == 0) {
        throw new NonFiniteGradientException(step, "in " + tensors(block));
      }
    }
    if (blocks.areComplete() && transfer.hasState()) {
      sendNorms();
    }
  }

  private void sendNorms() {
    reports.blockNorms(step, sumsFrom, range.firstBlock(), blocks.squares());
  }

  /** Tells the coordinator again what it has not answered yet: a message may get lost. */
  void repeat() {
    if (plan == null || !reports.takeRepeat()) {
      return;
    }
    if (plan.step() < step) {
      reports.applied(step, updates.size());
    } else if (!plan.finished()
        && blocks.areComplete()
        && !updates.isCommitted()
        && transfer.hasState()) {
      sendNorms();
    } else if (updates.awaitsTrust()) {
      updates.sendTensorNorms();
    }
    if (written >= 0 && (plan.step() < step || plan.finished())) {
      reports.written(written);
    }
  }

  private void onUpdated(int chunk) {
    if (!training.isAsynchronous()) { // where workers ask, each when it needs them
      publish(chunk, chunk + 1);
    }
    if (updates.left() == 0) {
      step += training.localSteps();
      snapshotDue = plan.snapshot() && primary;
      transfer.finish();
      reports.applied(step, updates.size());
      openStep();
    }
  }

  private void openStep() {
    updates.open(step);
    openSums(0);
    model.begin(step, training.learningRate().at(step));
  }

  /** What was pushed under earlier plans of the step does not count any more. */
  private void startSumsAnew(int revision) {
    for (int chunk = 0; chunk < range.chunks(); chunk++) {
      aggregator.release(chunk);
    }
    openSums(revision);
  }

  private void openSums(int revision) {
    sumsFrom = revision;
    blocks.open();
    answers.open(step);
  }

  private void publish(int fromChunk, int toChunk) {
    if (!primary) {
      return;
    }
    for (int i = 0; i < publishers.size(); i++) {
      for (int chunk = fromChunk; chunk < toChunk; chunk++) {
        publishers.get(i).enqueue(chunk);
      }
    }
  }

  @Override
  public void close() {
    admission.close();
    transfer.close();
    publishers.forEach(ChunkPublisher::close);
  }

  private String tensors(int block) {
    long from = range.from() + (long) block * ChunkSize.BLOCK;
    return TensorNames.between(model.layout(), from, from + range.blockElements(block));
  }
}
