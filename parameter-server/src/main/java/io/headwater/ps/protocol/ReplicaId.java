package io.headwater.ps.protocol;

/**
 * One start of one replica of a shard.
 *
 * @param shard index of the shard, from 0
 * @param replica place among the shard's replicas, from 0
 * @param incarnation which start: higher than any before it at this place
 */
public record ReplicaId(int shard, int replica, long incarnation) {
  /** Whether both are, or were, at the same place. */
  public boolean isAt(ShardEndpoint endpoint) {
    return shard == endpoint.shard() && replica == endpoint.replica();
  }
}
