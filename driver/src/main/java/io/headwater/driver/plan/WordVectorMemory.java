package io.headwater.driver.plan;

import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.config.EmbeddingModelSection;

/**
 * Bytes that each process of a run of word vectors needs; docs/plan.md explains the terms.
 *
 * @param driverHeap of the process that counts words and, without shards, trains
 * @param worker heap of a worker beside what any process has; 0 without shards
 * @param shardNative of a replica of a shard, outside its heap; 0 without shards
 * @param logs of Aeron in the /dev/shm of one host; 0 without shards
 * @param checkpoint on storage
 */
record WordVectorMemory(
    long driverHeap, long worker, long shardNative, long logs, long checkpoint) {
  private static final int LANES = 16; // a row on the heap is filled up to as many numbers
  private static final int VOCABULARY = 130; // a word: its text, count and number
  private static final int DESCRIPTION = 45; // a word in tokenizer.json and counts
  private static final int TABLES = 12; // a word in the tables of negatives and thinning out
  private static final int PLACES = 4; // a row's place in a block, for each of several threads
  private static final int WORKER = 16; // what a worker has of each row at the shards
  private static final int SUBWORDS = 100; // n-grams of a word of usual length
  private static final int RECORD = 8; // a row's id at a shard
  private static final int INDEX = 52; // a row in the index of a shard just after it has doubled
  private static final int COPIES = 2; // rows that change while a checkpoint is written are saved

  /**
   * Reckons.
   *
   * @param words of the vocabulary
   */
  static WordVectorMemory of(EmbeddingConfig config, long words) {
    Matrices matrices = Matrices.of(config, words);
    long driver = Memory.HEAP_BASE + (VOCABULARY + DESCRIPTION) * words;
    long training = TABLES * words + (matrices.subwords() ? SUBWORDS * words : 0);
    if (!config.usesTables()) {
      int threads = config.embedding().threads();
      long places = threads == 1 ? 0 : threads * PLACES * matrices.rows();
      long counts = matrices.counts() ? (long) config.embedding().memoryMib() << 20 : 0;
      return new WordVectorMemory(
          driver + training + matrices.heap() + places + counts, 0, 0, 0, matrices.checkpoint());
    }
    int shards = config.parameterServer().shards();
    return new WordVectorMemory(
        driver,
        VOCABULARY * words + training + WORKER * matrices.tableRows(),
        (matrices.tableRows() + shards - 1)
            / shards
            * (COPIES * (matrices.rowBytes() + RECORD) + INDEX),
        Memory.LOGS,
        matrices.checkpoint());
  }

  /**
   * What is learned.
   *
   * @param rows of both matrices
   * @param width numbers of a row
   * @param states numbers that the optimizer keeps for each
   */
  private record Matrices(long rows, int width, int states, boolean subwords, boolean counts) {
    static Matrices of(EmbeddingConfig config, long words) {
      int dim = config.embedding().dim();
      return switch (config.model().preset()) {
        case EmbeddingModelSection.GLOVE -> new Matrices(2 * words, dim + 1, 1, false, true);
        case EmbeddingModelSection.FASTTEXT ->
            new Matrices(2 * words + config.embedding().subwords().buckets(), dim, 0, true, false);
        default -> new Matrices(2 * words, dim, 0, false, false);
      };
    }

    /** At shards the optimizer's numbers are rows of their own. */
    long tableRows() {
      return rows * (1 + states);
    }

    long rowBytes() {
      return (long) Float.BYTES * width;
    }

    long heap() {
      long filled = (width + LANES - 1) / LANES * LANES;
      return rows * filled * Float.BYTES * (1 + states);
    }

    long checkpoint() {
      return rows * rowBytes() * (1 + states);
    }
  }
}
