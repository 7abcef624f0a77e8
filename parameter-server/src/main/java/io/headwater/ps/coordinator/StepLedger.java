package io.headwater.ps.coordinator;

import io.headwater.ps.optimizer.GradientNorm;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.Request.BlockNorms;
import io.headwater.ps.protocol.Request.StepApplied;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What replicas have said about one step: norms, and whether they have applied it. */
final class StepLedger {
  private final int[] blocksOfShard;
  private final double[] blockSums;
  private final BitSet blocks = new BitSet();
  private final Map<ReplicaId, BitSet> blocksFrom = new HashMap<>();
  private final Map<ReplicaId, StepApplied> applied = new HashMap<>();

  /**
   * @param blocksOfShard number of norm blocks of each shard
   */
  StepLedger(int[] blocksOfShard) {
    this.blocksOfShard = blocksOfShard.clone();
    blockSums = new double[IntStream.of(blocksOfShard).sum()];
  }

  void clear() {
    applied.clear();
    clearNorms();
  }

  /** Forgets what the replicas have said about their sums, which they start anew. */
  void clearNorms() {
    blocks.clear();
    blocksFrom.clear();
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
      long bits = Double.doubleToLongBits(sums[i]);
      if (blocks.get(first + i) && bits != Double.doubleToLongBits(blockSums[first + i])) {
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

  /** Forgets what replicas of a shard have said about their sums. */
  void clearNorms(int shard) {
    int first = IntStream.range(0, shard).map(before -> blocksOfShard[before]).sum();
    blocks.clear(first, first + blocksOfShard[shard]);
    blocksFrom.keySet().removeIf(replica -> replica.shard() == shard);
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

  void onApplied(StepApplied message) {
    applied.put(message.replica(), message);
  }

  /** The sum of the squares of all weights; NaN if a shard has not measured it. */
  double weightSquares() {
    return ofAllShards(StepApplied::weightSquares);
  }

  /** The sum of the squares of what the step has added to them; NaN likewise. */
  double updateSquares() {
    return ofAllShards(StepApplied::updateSquares);
  }

  /** Replicas of a shard have the same bits, so any one speaks for it. */
  private double ofAllShards(ToDoubleFunction<StepApplied> squares) {
    double sum = 0;
    for (int shard = 0; shard < blocksOfShard.length; shard++) {
      int number = shard;
      sum +=
          applied.values().stream()
              .filter(message -> message.replica().shard() == number)
              .mapToDouble(squares)
              .findFirst()
              .orElse(Double.NaN);
    }
    return sum;
  }

  /** Whether all of these replicas hold the whole gradient. */
  boolean isReady(List<ReplicaId> replicas) {
    return haveNorms() && replicas.stream().allMatch(this::hasNorms);
  }

  boolean isApplied(List<ReplicaId> replicas) {
    return applied.keySet().containsAll(replicas);
  }

  /** What a step that takes too long still waits for. */
  String missing(List<ReplicaId> replicas, LossLedger losses) {
    List<String> missing = new ArrayList<>();
    if (!losses.isComplete()) {
      missing.add("the losses of micro-batches " + losses.missing());
    }
    if (!haveNorms()) {
      missing.add(blockSums.length - blocks.cardinality() + " blocks of the gradient");
    } else if (!replicas.stream().allMatch(this::hasNorms)) {
      missing.add("the gradient at " + without(replicas, this::hasNorms));
    }
    if (missing.isEmpty()) {
      missing.add("the update by " + without(replicas, applied::containsKey));
    }
    return String.join(" and ", missing);
  }

  private static String without(List<ReplicaId> replicas, Predicate<ReplicaId> done) {
    return replicas.stream()
        .filter(done.negate())
        .map(r -> "shard " + r.shard() + (r.replica() == 0 ? "" : " replica " + r.replica()))
        .collect(Collectors.joining(", "));
  }
}
