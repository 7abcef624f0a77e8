package io.headwater.ps.security;

/** What a process is to a run. */
public enum Role {
  WORKER,
  SHARD,
  DRIVER
}
