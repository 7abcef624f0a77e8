package io.headwater.driver.plan;

/**
 * Seconds of one update beside computing: gradients to the shards, the optimizer, and new weights
 * to the workers. docs/scaling.md has the formula, where its rates come from, and how far off it
 * is.
 *
 * @param push the gradients' way into the sums
 * @param apply the optimizer at a shard
 * @param pull the weights' way to the workers
 */
public record ExchangeTime(double push, double apply, double pull) {
  /** One thread reads a vector of another process and adds or copies it. */
  private static final double MEMORY_BYTES_PER_SECOND = 6.9e9;

  /** One thread updates weights and optimizer state by a sum. */
  private static final double APPLY_BYTES_PER_SECOND = 18e9;

  static final double ROUND_TRIPS = 0.15e-3; // plan, acceptance, commit, weights

  /**
   * Who takes part.
   *
   * @param elements of the model
   * @param pushes of a worker: whole gradients, one for each node of the summation tree
   * @param replicas of each shard
   * @param heap bytes that a shard keeps: weights and optimizer state, these once more for a
   *     snapshot, and sums
   */
  public record Parties(
      long elements, int workers, int pushes, int shards, int replicas, long heap) {
    private double vector() {
      return (double) Float.BYTES * elements;
    }

    /** Bytes of weights, optimizer state and sums of a shard. */
    private double touched() {
      return (heap + vector() / shards) / 2;
    }
  }

  /** All on one host, where one side reads what lies in the other's memory. */
  public static ExchangeTime onOneHost(Parties parties, int processors) {
    int shardThreads = Math.min(parties.shards * parties.replicas, processors);
    int workerThreads = Math.min(parties.workers, processors);
    return new ExchangeTime(
        parties.vector()
                * parties.pushes
                * parties.workers
                * parties.replicas
                / shardThreads
                / MEMORY_BYTES_PER_SECOND
            + ROUND_TRIPS,
        parties.touched()
            * parties.shards
            * parties.replicas
            / shardThreads
            / APPLY_BYTES_PER_SECOND,
        parties.vector() * parties.workers / workerThreads / MEMORY_BYTES_PER_SECOND);
  }

  /** Each party on a host of its own: the busiest link is a worker's or a shard's. */
  public static ExchangeTime betweenHosts(Parties parties, double linkBytesPerSecond) {
    double ofShard = (double) parties.workers / parties.shards;
    return new ExchangeTime(
        parties.vector() * parties.pushes * Math.max(parties.replicas, ofShard) / linkBytesPerSecond
            + ROUND_TRIPS,
        parties.touched() / APPLY_BYTES_PER_SECOND,
        parties.vector() * Math.max(1, ofShard) / linkBytesPerSecond);
  }

  public double seconds() {
    return push + apply + pull;
  }
}
