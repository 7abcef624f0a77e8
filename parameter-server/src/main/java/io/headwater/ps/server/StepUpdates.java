package io.headwater.ps.server;

import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.Event;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The second phase of a step at a replica: the commit, what the optimizer needs to know of all
 * shards first, and the updates, chunk by chunk. On the replica's thread.
 */
final class StepUpdates {
  private static final int BLOCKS_PER_TURN = 4;

  private final ShardModel model;
  private final ChunkAggregator sums;
  private final CoordinatorReports reports;
  private final IntConsumer onUpdated;
  private final int chunks;
  private final int chunksPerTurn;
  private final int localSteps;
  private final UpdateSize size = new UpdateSize();
  private long step;
  private int left;
  private int prepareNext; // next chunk to prepare after the commit; chunks = none
  private int updateNext; // next chunk to update after the commit; chunks = none
  private boolean committed;
  private boolean refused; // the committed step changes nothing
  private float[] trust; // by tensor; null: not known yet
  private float scale;

  /**
   * @param localSteps by how many steps an update goes on
   * @param onUpdated is told of each chunk with its new weights; the last one may open a step
   */
  StepUpdates(
      ShardModel model,
      ChunkAggregator sums,
      CoordinatorReports reports,
      int localSteps,
      IntConsumer onUpdated) {
    this.model = model;
    this.localSteps = localSteps;
    this.sums = sums;
    this.reports = reports;
    this.onUpdated = onUpdated;
    chunks = model.range().chunks();
    chunksPerTurn = ChunkSize.perTurn(model.range().chunkElements(), BLOCKS_PER_TURN);
  }

  /** Another step: its commit is waited for. */
  void open(long number) {
    step = number;
    left = chunks;
    prepareNext = chunks;
    updateNext = chunks;
    committed = false;
    trust = null;
  }

  boolean isCommitted() {
    return committed;
  }

  /** Chunks that still have the weights of before. */
  int left() {
    return left;
  }

  /** All replicas hold the whole gradient: the updates start. */
  void commit(Event.StepCommitted commit) {
    committed = true;
    refused = commit.refused();
    scale = commit.scale();
    size.open(!refused && UpdateSize.isDue(step, model.firstStep(), localSteps));
    if (model.needsNorms() && !refused) {
      prepareNext = 0;
    } else {
      updateNext = 0;
    }
  }

  /** Starts the updates that waited for the norms of tensors, or lets them start when prepared. */
  void trust(List<Float> byTensor) {
    if (committed && !refused && model.needsNorms() && trust == null) {
      trust = new float[byTensor.size()];
      for (int i = 0; i < trust.length; i++) {
        trust[i] = byTensor.get(i);
      }
      updateIfTrusted();
    }
  }

  private void updateIfTrusted() {
    if (trust != null && prepareNext == chunks) {
      model.trust(trust);
      updateNext = 0;
    }
  }

  /** Whether the norms of tensors are out and have not been answered. */
  boolean awaitsTrust() {
    return committed && !refused && model.needsNorms() && prepareNext == chunks && trust == null;
  }

  /** Of the step that was updated last. */
  UpdateSize size() {
    return size;
  }

  void sendTensorNorms() {
    reports.tensorNorms(step, model.layout().entries().size(), model.norms());
  }

  /** Goes on with some chunks; returns how many. */
  int doWork() {
    int work = 0;
    for (; work < chunksPerTurn && prepareNext < chunks; work++) {
      prepare(prepareNext++);
    }
    for (int i = 0; i < chunksPerTurn && updateNext < chunks; i++, work++) {
      update(updateNext++);
    }
    return work;
  }

  private void prepare(int chunk) {
    model.prepare(chunk, sums.sum(chunk), scale);
    if (chunk == chunks - 1) {
      sendTensorNorms();
      updateIfTrusted();
    }
  }

  private void update(int chunk) {
    if (refused) {
      model.skip(chunk);
    } else {
      apply(chunk);
    }
    sums.release(chunk);
    left--;
    onUpdated.accept(chunk);
  }

  private void apply(int chunk) {
    int offset = model.offsetInBlock(chunk);
    int count = model.range().chunkCount(chunk);
    size.beforeUpdate(model.block(chunk), offset, count);
    model.update(chunk, sums.sum(chunk), scale);
    size.afterUpdate(model.block(chunk), offset, count);
  }
}
