/**
 * The coordinator of a run, hosted by the driver: {@link io.headwater.ps.coordinator.RunControl}
 * opens a run at all replicas of all shards, plans its steps, and keeps track of who is there.
 */
package io.headwater.ps.coordinator;
