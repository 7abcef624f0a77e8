package io.headwater.driver.plan;

import io.headwater.driver.config.RunConfig;
import io.headwater.driver.config.TrainingSection;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.ShardEndpoint;

/**
 * Time of a step, with no overlap of computing and exchange: compute + exchange + apply + round
 * trips. docs/plan.md has the formula and how far off it was.
 *
 * @param workers for which it holds
 * @param compute seconds of the worker with the most micro-batches
 * @param exchange seconds on the busiest link
 * @param apply seconds of the optimizer at a shard
 */
record Speed(int workers, double compute, double exchange, double apply) {
  static final double SHARED_MEMORY_BYTES_PER_SECOND = 1e9;
  private static final double APPLY_BYTES_PER_SECOND = 4e9;
  private static final double ROUND_TRIPS = 2e-3; // seconds: plan, acceptance, commit, weights

  /** What the exchange runs over. */
  record Network(boolean local, double bytesPerSecond, int processors) {}

  static Speed of(
      RunConfig config, Measurement measured, Memory memory, int workers, Network network) {
    TrainingSection training = config.training();
    int microBatches = training.microBatches();
    int most = (microBatches + workers - 1) / workers;
    boolean ownPace = config.consistency().staleness() > 0;
    double ofWorker = ownPace ? (double) microBatches / workers : most;
    double turns =
        network.local()
            ? Math.max(
                1,
                (double) workers * training.threadsPerWorker() / Math.max(1, network.processors()))
            : 1;
    long vector = Float.BYTES * measured.layout().elements();
    int perUpdate = config.consistency().stepsPerUpdate();
    int shards = config.parameterServer().shards();
    double perWorker = vector * (pushes(microBatches, workers) + 1.0);
    double busiest =
        network.local()
            ? perWorker * workers // one memory for all
            : Math.max(perWorker, perWorker * workers * replicas(config) / shards);
    return new Speed(
        workers,
        ofWorker * measured.seconds() * turns,
        busiest / network.bytesPerSecond() / perUpdate,
        (double) memory.shardHeap() / APPLY_BYTES_PER_SECOND / perUpdate);
  }

  double seconds() {
    return compute + exchange + apply + ROUND_TRIPS;
  }

  /** Nodes of the summation tree that the first worker's micro-batches are. */
  static int pushes(int microBatches, int workers) {
    int most = (microBatches + workers - 1) / workers;
    return nodes(new MicroBatchRange(0, microBatches), most);
  }

  /** Largest nodes that make up [0, to). */
  private static int nodes(MicroBatchRange node, int to) {
    if (node.to() <= to) {
      return 1;
    }
    return node.from() >= to ? 0 : nodes(node.left(), to) + nodes(node.right(), to);
  }

  private static int replicas(RunConfig config) {
    if (!config.parameterServer().isRemote()) {
      return 1;
    }
    return config.parameterServer().shardEndpoints().stream()
            .mapToInt(ShardEndpoint::replica)
            .max()
            .orElse(0)
        + 1;
  }
}
