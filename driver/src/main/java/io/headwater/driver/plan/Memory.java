package io.headwater.driver.plan;

import io.headwater.driver.config.RunConfig;
import io.headwater.ps.optimizer.Optimizer;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.ChunkSize;

/**
 * Bytes that each process of a run needs; docs/plan.md explains the terms.
 *
 * @param workerNative of one worker outside its heap
 * @param shardHeap of one replica of a shard
 * @param workerShared of one worker in /dev/shm, where a shard is on its host
 * @param heapBase of any of our processes, Spark and Aeron's client included
 * @param logs of Aeron in the /dev/shm of one host
 */
record Memory(long workerNative, long shardHeap, long workerShared, long heapBase, long logs) {
  static final long HEAP_BASE = 400L << 20;
  static final long LOGS = 128L << 20;

  static Memory of(RunConfig config, Measurement measured) {
    long vector = Float.BYTES * measured.layout().elements();
    boolean local = config.consistency().isLocal();
    OptimizerConfig atShards =
        local ? config.consistency().outerOptimizer() : config.training().optimizerConfig();
    long shardVector = vector / config.parameterServer().shards();
    int kept = 1 + slots(atShards, measured); // weights and optimizer state
    long shardHeap = shardVector * (2 * kept + 1); // a copy for the snapshot, the sums
    long trainedAlone =
        local ? vector * (2 + slots(config.training().optimizerConfig(), measured)) : 0;
    return new Memory(
        Math.max(measured.nativeBytes(), 2 * vector) + partialSums(config) * vector + trainedAlone,
        shardHeap,
        vector,
        HEAP_BASE,
        LOGS);
  }

  /** Vectors that a worker sums parts of its micro-batches in: one for each level of the tree. */
  private static int partialSums(RunConfig config) {
    int ofWorker =
        (config.training().microBatches() + config.training().workers() - 1)
            / config.training().workers();
    return Math.max(0, Integer.SIZE - Integer.numberOfLeadingZeros(ofWorker - 1) - 1);
  }

  private static int slots(OptimizerConfig config, Measurement measured) {
    long some = Math.min(ChunkSize.BLOCK, measured.layout().elements());
    return new Optimizer(config, measured.layout(), 0, some).state().size();
  }
}
