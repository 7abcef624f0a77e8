/**
 * Holds the model during training, split by key range over shards. A {@link
 * io.headwater.ps.server.ParameterServer} runs the shards of one process: each owns one range of
 * the flat parameter vector, sums pushed gradients, applies the optimizer, publishes new weights
 * and writes its part of a checkpoint. One agent thread owns a shard, so nothing on the data path
 * locks.
 */
package io.headwater.ps;
