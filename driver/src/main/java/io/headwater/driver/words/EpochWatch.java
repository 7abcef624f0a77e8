package io.headwater.driver.words;

import io.headwater.driver.run.Watchers;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Hears how much of an epoch is done, first where it begins or goes on; of any thread, unordered.
 */
final class EpochWatch implements LongConsumer {
  private static final long NOTHING = -1;

  private final EmbeddingTraining training;
  private final String name;
  private final long earlier;
  private final Watchers watchers;
  private final LongConsumer counter;
  private final AtomicLong first = new AtomicLong(NOTHING);
  private final AtomicLong counted = new AtomicLong(NOTHING);

  /**
   * @param epoch from 0
   * @param epochs of the run
   * @param counter hears of each word or co-occurrence once
   */
  EpochWatch(
      EmbeddingTraining training, int epoch, int epochs, Watchers watchers, LongConsumer counter) {
    this.training = training;
    this.name = "epoch " + (epoch + 1) + "/" + epochs;
    this.earlier = epoch * training.size();
    this.watchers = watchers;
    this.counter = counter;
  }

  @Override
  public void accept(long done) {
    double share = Math.min(1, done / Math.max(1.0, training.size()));
    watchers.states().status().underWay(share, earlier + done);
    long before = counted.getAndAccumulate(done, Math::max);
    if (before == NOTHING) {
      first.set(done);
      watchers.progress().begin(name, training.size(), done);
      return;
    }
    watchers.progress().update(done, training.unit());
    if (done > before) {
      counter.accept(done - before);
    }
  }

  /** How many of the epoch's words or co-occurrences were done since the first call. */
  long heard() {
    return counted.get() - first.get();
  }
}
