package io.headwater.ps.server;

import io.headwater.ps.optimizer.GradientNorm;
import io.headwater.ps.protocol.Request.BlockNorms;
import io.headwater.ps.protocol.Request.LossReport;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;

/** What the lead has heard about one step: losses, norms, and which shards have applied it. */
final class StepLedger {
  private final int shards;
  private final double[] losses;
  private final long[] tokens;
  private final int[] workers;
  private final BitSet reported = new BitSet();
  private final double[] blockSums;
  private final BitSet blocks = new BitSet();
  private final BitSet applied = new BitSet();

  StepLedger(int shards, int microBatches, int normBlocks) {
    this.shards = shards;
    losses = new double[microBatches];
    tokens = new long[microBatches];
    workers = new int[microBatches];
    blockSums = new double[normBlocks];
  }

  void clear() {
    reported.clear();
    blocks.clear();
    applied.clear();
  }

  /** The first report of a micro-batch counts. */
  void onLoss(LossReport report) {
    int index = report.microBatch();
    if (index >= 0 && index < losses.length && !reported.get(index)) {
      reported.set(index);
      losses[index] = report.loss();
      tokens[index] = report.tokens();
      workers[index] = report.worker();
    }
  }

  void onNorms(BlockNorms norms) {
    double[] sums = norms.sums();
    if (norms.firstBlock() < 0 || sums.length > blockSums.length - norms.firstBlock()) {
      return;
    }
    System.arraycopy(sums, 0, blockSums, norms.firstBlock(), sums.length);
    blocks.set(norms.firstBlock(), norms.firstBlock() + sums.length);
  }

  private boolean haveNorms() {
    return blocks.cardinality() == blockSums.length;
  }

  double norm() {
    return GradientNorm.norm(blockSums);
  }

  void onApplied(int shard) {
    if (shard >= 0 && shard < shards) {
      applied.set(shard);
    }
  }

  /** Whether nothing more is needed from any worker. */
  boolean isReady() {
    return haveNorms() && reported.cardinality() == losses.length;
  }

  boolean isApplied() {
    return applied.cardinality() == shards;
  }

  /** Mean over the micro-batches, added in index order. */
  double meanLoss() {
    double sum = 0;
    for (double loss : losses) {
      sum += loss;
    }
    return sum / losses.length;
  }

  long tokens() {
    long sum = 0;
    for (long count : tokens) {
      sum += count;
    }
    return sum;
  }

  /** Whether some reported loss is infinite or NaN. */
  boolean hasNonFiniteLoss() {
    return reported.stream().anyMatch(i -> !Double.isFinite(losses[i]));
  }

  /** Names the micro-batches with such losses; empty if there is none. */
  String nonFiniteLosses() {
    return reported.stream()
        .filter(i -> !Double.isFinite(losses[i]))
        .mapToObj(i -> "micro-batch " + i + " (worker " + workers[i] + ") is " + losses[i])
        .collect(Collectors.joining(", "));
  }

  /** What a step that takes too long still waits for. */
  String missing() {
    List<String> missing = new ArrayList<>();
    if (reported.cardinality() < losses.length) {
      missing.add("the losses of micro-batches " + complement(reported, losses.length));
    }
    if (!haveNorms()) {
      missing.add(blockSums.length - blocks.cardinality() + " blocks of the gradient");
    }
    if (missing.isEmpty()) {
      missing.add("the update by shards " + complement(applied, shards));
    }
    return String.join(" and ", missing);
  }

  private static BitSet complement(BitSet bits, int size) {
    BitSet complement = new BitSet();
    complement.set(0, size);
    complement.andNot(bits);
    return complement;
  }
}
