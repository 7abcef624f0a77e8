package io.headwater.ps.server;

import org.agrona.concurrent.NanoClock;

/** What the thread of a replica lets other threads know: that it turns, and that it is ready. */
final class ShardPulse {
  private static final long INTERVAL_NS = 10_000_000L;

  private final NanoClock clock;
  private volatile long beatNs;
  private volatile boolean ready = true;

  ShardPulse(NanoClock clock) {
    this.clock = clock;
    beatNs = clock.nanoTime();
  }

  /** Whether it is time to {@link #beat}; by the replica's thread. */
  boolean isDue(long nowNs) {
    return nowNs - beatNs >= INTERVAL_NS;
  }

  void beat(long nowNs, boolean isReady) {
    ready = isReady;
    beatNs = nowNs;
  }

  /** Whether the replica was ready at the last beat. */
  boolean isReady() {
    return ready;
  }

  /** Time since the last beat. */
  long silenceNs() {
    return clock.nanoTime() - beatNs;
  }
}
