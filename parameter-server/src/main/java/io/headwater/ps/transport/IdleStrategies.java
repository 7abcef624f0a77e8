package io.headwater.ps.transport;

import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * How threads wait: never spinning, because the cores belong to the workers' arithmetic; yielding
 * for a moment, because the next chunk is usually near; then sleeping, longer and longer.
 */
public final class IdleStrategies {
  private static final long SPINS = 1;
  private static final long YIELDS = 20;
  private static final long SHORTEST_PARK_NS = 20_000;
  private static final long LONGEST_PARK_NS = 500_000;

  private IdleStrategies() {}

  /** For shards and their clients. */
  public static IdleStrategy forApplication() {
    return new BackoffIdleStrategy(SPINS, YIELDS, SHORTEST_PARK_NS, LONGEST_PARK_NS);
  }

  /** For the media driver, whose duty cycle lets shared-memory publishers go on. */
  static IdleStrategy forDriver() {
    return new BackoffIdleStrategy(SPINS, YIELDS, SHORTEST_PARK_NS, LONGEST_PARK_NS);
  }
}
