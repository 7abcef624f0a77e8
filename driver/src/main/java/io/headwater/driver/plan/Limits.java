package io.headwater.driver.plan;

import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.RunConfig;
import java.util.Locale;

/** Refuses what a machine cannot hold, before it dies of it. */
final class Limits {
  private static final double GIB = 1L << 30;

  private Limits() {}

  /**
   * Refuses a process that needs more than it is given.
   *
   * @param less what would need less
   */
  static void check(String process, long needed, long given, String less) {
    if (needed > given) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "Cannot hold %s: it needs %.2f GiB, it is given %.2f; give it more, or use %s",
              process,
              needed / GIB,
              given / GIB,
              less));
    }
  }

  /** Refuses a run whose workers are on this machine, its shards too unless they are elsewhere. */
  static void checkHere(RunConfig config, Memory memory, Machine here) {
    int shards = config.parameterServer().isRemote() ? 0 : config.parameterServer().shards();
    int workers = config.training().workers();
    long heap = memory.heapBase() + shards * memory.shardHeap();
    if (heap > here.heap()) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "Cannot hold %d shards in this process: they need %.2f GiB of heap, it has %.2f; raise"
                  + " HEADWATER_HEAP, or run shards as processes (parameter-server.endpoints)",
              shards,
              heap / GIB,
              here.heap() / GIB));
    }
    long shared = memory.logs() + workers * memory.workerShared();
    if (shared > here.sharedMemory()) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "Cannot exchange gradients of %d workers: they need %.2f GiB of /dev/shm, %.2f are free;"
                  + " make it larger, or use fewer training.workers",
              workers,
              shared / GIB,
              here.sharedMemory() / GIB));
    }
    long all = here.heap() + shared + workers * memory.workerNative();
    if (all > here.memory()) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "Cannot hold %d workers on this machine: with the heap they need %.2f GiB, it has %.2f;"
                  + " use fewer training.workers or more training.micro-batches",
              workers,
              all / GIB,
              here.memory() / GIB));
    }
  }
}
