package io.headwater.ps.coordinator;

import io.headwater.ps.optimizer.GradientNorm;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.Request.BlockNorms;
import io.headwater.ps.protocol.Request.LossReport;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What has been heard about one step: losses, norms, and which replicas have applied it. */
final class StepLedger {
  private final int[] blocksOfShard;
  private final double[] losses;
  private final long[] tokens;
  private final int[] workers;
  private final BitSet reported = new BitSet();
  private final double[] blockSums;
  private final BitSet blocks = new BitSet();
  private final Map<ReplicaId, BitSet> blocksFrom = new HashMap<>();
  private final Set<ReplicaId> applied = new HashSet<>();

  /**
   * @param blocksOfShard number of norm blocks of each shard
   */
  StepLedger(int microBatches, int[] blocksOfShard) {
    this.blocksOfShard = blocksOfShard.clone();
    losses = new double[microBatches];
    tokens = new long[microBatches];
    workers = new int[microBatches];
    blockSums = new double[IntStream.of(blocksOfShard).sum()];
  }

  void clear() {
    reported.clear();
    blocks.clear();
    blocksFrom.clear();
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

  /**
   * Takes a replica's norms.
   *
   * @return whether they are what another replica of the shard has said, if one has: the same
   *     numbers give the same bits
   */
  boolean onNorms(BlockNorms norms) {
    double[] sums = norms.sums();
    int first = norms.firstBlock();
    if (first < 0 || sums.length > blockSums.length - first) {
      return true;
    }
    for (int i = 0; i < sums.length; i++) {
      long bits = Double.doubleToRawLongBits(sums[i]);
      if (blocks.get(first + i) && bits != Double.doubleToRawLongBits(blockSums[first + i])) {
        return false;
      }
    }
    System.arraycopy(sums, 0, blockSums, first, sums.length);
    blocks.set(first, first + sums.length);
    blocksFrom
        .computeIfAbsent(norms.replica(), replica -> new BitSet())
        .set(first, first + sums.length);
    return true;
  }

  private boolean hasNorms(ReplicaId replica) {
    BitSet said = blocksFrom.get(replica);
    return said != null && said.cardinality() == blocksOfShard[replica.shard()];
  }

  private boolean haveNorms() {
    return blocks.cardinality() == blockSums.length;
  }

  double norm() {
    return GradientNorm.norm(blockSums);
  }

  void onApplied(ReplicaId replica) {
    applied.add(replica);
  }

  /** Whether nothing more is needed from any worker, nor from these replicas. */
  boolean isReady(List<ReplicaId> replicas) {
    return haveNorms()
        && reported.cardinality() == losses.length
        && replicas.stream().allMatch(this::hasNorms);
  }

  boolean isApplied(List<ReplicaId> replicas) {
    return applied.containsAll(replicas);
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
  String missing(List<ReplicaId> replicas) {
    List<String> missing = new ArrayList<>();
    if (reported.cardinality() < losses.length) {
      missing.add("the losses of micro-batches " + complement(reported, losses.length));
    }
    if (!haveNorms()) {
      missing.add(blockSums.length - blocks.cardinality() + " blocks of the gradient");
    } else if (!replicas.stream().allMatch(this::hasNorms)) {
      missing.add("the gradient at " + without(replicas, this::hasNorms));
    }
    if (missing.isEmpty()) {
      missing.add("the update by " + without(replicas, applied::contains));
    }
    return String.join(" and ", missing);
  }

  private static String without(List<ReplicaId> replicas, Predicate<ReplicaId> done) {
    return replicas.stream()
        .filter(done.negate())
        .map(r -> "shard " + r.shard() + (r.replica() == 0 ? "" : " replica " + r.replica()))
        .collect(Collectors.joining(", "));
  }

  private static BitSet complement(BitSet bits, int size) {
    BitSet complement = new BitSet();
    complement.set(0, size);
    complement.andNot(bits);
    return complement;
  }
}
