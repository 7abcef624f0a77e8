package io.headwater.deploy.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Kills and stops processes of a system, one after the other, as a seed has it. */
final class RandomFaults {
  private static final List<String> SHARDS =
      List.of("shard-0-0", "shard-0-1", "shard-1-0", "shard-1-1");
  private static final List<String> WORKERS = List.of("worker-0", "worker-1");
  private static final Duration LEAST_PAUSE =
      Duration.ofSeconds(8); // two leases: what is lost is known
  private static final double MEAN_FURTHER_PAUSE_NANOS = 4e9;

  private enum Kind {
    KILL_SHARD,
    KILL_WORKER,
    STOP_SHARD,
    STOP_WORKER,
    KILL_DRIVER
  }

  private final long seed;
  private final Random random;
  private final boolean killsDrivers;
  private final Map<String, Integer> counts = new TreeMap<>();
  private long nextNanos;
  private Instant last = Instant.EPOCH; // when the last one had been done

  RandomFaults(long seed, boolean killsDrivers) {
    this.seed = seed;
    this.random = new Random(seed);
    this.killsDrivers = killsDrivers;
    plan();
  }

  long seed() {
    return seed;
  }

  /** How often what was done. */
  Map<String, Integer> counts() {
    return counts;
  }

  /** Whether the next one is due, and would be the only thing that is lost. */
  boolean isDue(JsonNode status) {
    Instant told = Instant.parse(status.path("updated").asText());
    return System.nanoTime() >= nextNanos
        && told.isAfter(last.plus(LEAST_PAUSE))
        && status.path("state").asText().equals("training")
        && isWhole(status);
  }

  private static boolean isWhole(JsonNode status) {
    boolean whole = true;
    for (JsonNode worker : status.path("workers")) {
      whole &= worker.path("state").asText().equals("ready");
    }
    for (JsonNode replica : status.path("shards").findValues("role")) {
      whole &= !replica.asText().equals("lost");
    }
    return whole;
  }

  /**
   * Does the next thing; whether that was the end of the driver. What is found to have ended by
   * itself meanwhile counts as done.
   */
  boolean strike(LocalSystem system, Process driver) throws Exception {
    Kind kind = draw();
    String shard = SHARDS.get(random.nextInt(SHARDS.size()));
    String worker = WORKERS.get(random.nextInt(WORKERS.size()));
    int seconds = 1 + random.nextInt(8);
    boolean done =
        switch (kind) {
          case KILL_SHARD -> system.tries("kill", shard);
          case KILL_WORKER -> system.tries("kill", worker);
          case STOP_SHARD -> system.tries("pause", shard, Integer.toString(seconds));
          case STOP_WORKER -> system.tries("pause", worker, Integer.toString(seconds));
          case KILL_DRIVER -> driver.destroyForcibly() != null;
        };
    if (done) {
      counts.merge(kind.name().toLowerCase(Locale.ROOT), 1, Integer::sum);
    }
    last = Instant.now();
    plan();
    return kind == Kind.KILL_DRIVER;
  }

  private Kind draw() {
    if (killsDrivers && random.nextInt(12) == 0) {
      return Kind.KILL_DRIVER;
    }
    return Kind.values()[random.nextInt(Kind.KILL_DRIVER.ordinal())];
  }

  /** When the next one is due: after a wait as memoryless as real failures. */
  private void plan() {
    double further = -Math.log(1 - random.nextDouble()) * MEAN_FURTHER_PAUSE_NANOS;
    nextNanos = System.nanoTime() + LEAST_PAUSE.toNanos() + (long) further;
  }
}
