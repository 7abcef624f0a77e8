package io.headwater.driver.plan;

import io.headwater.driver.config.RunConfig;
import io.headwater.driver.config.TrainingSection;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.ShardEndpoint;

/**
 * Time of a step, with no overlap of computing and exchange. docs/plan.md has the formula and how
 * far off it was.
 *
 * @param workers for which it holds
 * @param compute seconds of the worker with the most micro-batches
 * @param exchange seconds until gradients are summed and weights are back
 * @param apply seconds of the optimizer at a shard
 */
record Speed(int workers, double compute, double exchange, double apply) {
  /**
   * What the exchange runs over.
   *
   * @param local one host's memory
   * @param bytesPerSecond of a host's link, where it is not local
   */
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
    int perUpdate = config.consistency().stepsPerUpdate();
    ExchangeTime.Parties parties =
        new ExchangeTime.Parties(
            measured.layout().elements(),
            workers,
            pushes(microBatches, workers),
            config.parameterServer().shards(),
            replicas(config),
            memory.shardHeap());
    ExchangeTime update =
        network.local()
            ? ExchangeTime.onOneHost(parties, network.processors())
            : ExchangeTime.betweenHosts(parties, network.bytesPerSecond());
    return new Speed(
        workers,
        ofWorker * measured.seconds() * turns,
        (update.push() + update.pull()) / perUpdate,
        update.apply() / perUpdate);
  }

  double seconds() {
    return compute + exchange + apply;
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
