package io.headwater.ps.server;

import io.headwater.ps.protocol.Request;
import java.util.Arrays;
import java.util.OptionalInt;

/** When the shards and the driver of a run were last heard; workers are {@link Membership}'s. */
final class Leases {
  private final long leaseNs;
  private final long[] shardHeardNs;
  private long driverHeardNs;
  private long lookedNs;

  Leases(int shards, long leaseNs, long nowNs) {
    this.leaseNs = leaseNs;
    shardHeardNs = new long[shards];
    renewAll(nowNs);
    lookedNs = nowNs;
  }

  void shardHeard(int shard, long nowNs) {
    if (shard >= 0 && shard < shardHeardNs.length) {
      shardHeardNs[shard] = nowNs;
    }
  }

  void driverHeard(long nowNs) {
    driverHeardNs = nowNs;
  }

  void heard(Request.Role role, int id, long nowNs) {
    if (role == Request.Role.SHARD) {
      shardHeard(id, nowNs);
    } else if (role == Request.Role.DRIVER) {
      driverHeard(nowNs);
    }
  }

  /**
   * To be called often: for how long this process was stopped or starved, if it was. Others may
   * have spoken meanwhile and were not heard, so all leases start anew.
   */
  long lookAgain(long nowNs) {
    long away = nowNs - lookedNs;
    lookedNs = nowNs;
    if (away <= leaseNs / 4) {
      return 0;
    }
    renewAll(nowNs);
    return away;
  }

  private void renewAll(long nowNs) {
    Arrays.fill(shardHeardNs, nowNs);
    driverHeardNs = nowNs;
  }

  /** A shard whose lease has ended, if there is one. */
  OptionalInt lostShard(long nowNs) {
    for (int shard = 0; shard < shardHeardNs.length; shard++) {
      if (nowNs - shardHeardNs[shard] > leaseNs) {
        return OptionalInt.of(shard);
      }
    }
    return OptionalInt.empty();
  }

  boolean isDriverLost(long nowNs) {
    return nowNs - driverHeardNs > leaseNs;
  }

  double shardSilenceSeconds(int shard, long nowNs) {
    return (nowNs - shardHeardNs[shard]) * 1e-9;
  }

  double driverSilenceSeconds(long nowNs) {
    return (nowNs - driverHeardNs) * 1e-9;
  }
}
