package io.headwater.driver.plan;

import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.shard.Corpus;
import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.config.RunConfig;
import java.util.OptionalInt;

/**
 * What a run needs of /dev/shm on this machine, without computing anything.
 *
 * @param bytes of Aeron's logs and of the vectors of workers here
 * @param known whether the vectors are counted: their length is that of the corpus's vocabulary
 */
public record SharedMemoryNeed(long bytes, boolean known) {
  /**
   * Of a run with gradients.
   *
   * @param workersHere how many of its workers are on this machine
   */
  public static SharedMemoryNeed of(RunConfig config, int workersHere) {
    if (workersHere == 0) {
      return new SharedMemoryNeed(Memory.LOGS, true);
    }
    OptionalInt vocabulary = vocabulary(config);
    if (vocabulary.isEmpty()) {
      return new SharedMemoryNeed(Memory.LOGS, false);
    }
    TensorLayout layout =
        config.model().family().layout(config.model().json(vocabulary.getAsInt()));
    return new SharedMemoryNeed(
        Memory.LOGS + (long) workersHere * Float.BYTES * layout.elements(), true);
  }

  /** Empty where there is no corpus yet. */
  private static OptionalInt vocabulary(RunConfig config) {
    try (Corpus corpus = Corpus.open(config.corpus())) {
      return OptionalInt.of(corpus.tokenizer().vocabularySize());
    } catch (UserException e) {
      return OptionalInt.empty();
    }
  }

  /** Of a run of word vectors, whose rows lie at shards or in its own process. */
  public static SharedMemoryNeed of(EmbeddingConfig config) {
    return new SharedMemoryNeed(config.usesTables() ? Memory.LOGS : 0, true);
  }
}
