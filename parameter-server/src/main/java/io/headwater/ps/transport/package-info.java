/**
 * Aeron, as the parameter server uses it: the embedded media driver, the channels of a shard, and
 * how a client finds the shared memory of a shard on its own host.
 */
package io.headwater.ps.transport;
