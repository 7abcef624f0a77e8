package io.headwater.driver.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.config.EmbeddingConfigReader;
import io.headwater.model.embedding.Rows;
import io.headwater.ps.sparse.RowInitializer;
import io.headwater.ps.sparse.RowOptimizer;
import io.headwater.ps.sparse.SparseTable;
import io.headwater.ps.sparse.SparseTableConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordVectorPlanTest {
  private static final long GIB = 1L << 30;
  private static final int WORDS = 100_000;

  @ParameterizedTest
  @CsvSource({
    "word2vec, 100, 200_000, 1",
    "word2vec, 300, 200_000, 1",
    "fasttext, 100, 250_000, 1",
    "glove, 100, 200_000, 2"
  })
  void oneProcessHoldsAllRowsAsTheMatricesHaveThem(
      String family, int dim, String rows, int perWeight) {
    WordVectorMemory memory = memory(family, "embedding.dim=" + dim);
    int width = family.equals("glove") ? dim + 1 : dim; // the bias
    long matrices =
        Long.parseLong(rows.replace("_", ""))
            * new Rows(1, width).stride()
            * Float.BYTES
            * perWeight;
    long counts = family.equals("glove") ? 512L << 20 : 0;
    // Beside matrices and any process: 187 bytes a word, and n-grams.
    long rest = memory.driverHeap() - matrices - counts - (400L << 20);
    assertThat(rest).isEqualTo((family.equals("fasttext") ? 287L : 187L) * WORDS);
    assertThat(memory.shardNative()).isZero();
    assertThat(memory.worker()).isZero();
  }

  @Test
  void aShardHasItsShareOfTheRowsAsATableHoldsThem() {
    WordVectorMemory memory = memory("word2vec", "parameter-server.shards=4");
    SparseTableConfig config =
        new SparseTableConfig("t", 100, 1, RowInitializer.zero(), RowOptimizer.sgd(), WORDS / 2L);
    try (SparseTable table = new SparseTable(config)) {
      long[] ids = new long[WORDS / 2];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = 4L * i;
      }
      table.pull(ids, ids.length, new float[ids.length * 100]);
      // Twice the rows while a checkpoint is written, and room for an index that has just grown.
      assertThat(memory.shardNative()).isBetween((long) (1.5 * table.bytes()), 3 * table.bytes());
    }
    assertThat(memory.shardNative() * 2)
        .isEqualTo(memory("word2vec", "parameter-server.shards=2").shardNative());
  }

  @Test
  void withShardsNeitherDriverNorWorkersHoldTheMatrices() {
    WordVectorMemory small = memory("word2vec", "training.workers=2", "embedding.dim=10");
    WordVectorMemory large = memory("word2vec", "training.workers=2", "embedding.dim=1000");
    assertThat(large.driverHeap()).isEqualTo(small.driverHeap());
    assertThat(large.worker()).isEqualTo(small.worker());
    assertThat(large.shardNative()).isGreaterThan(50 * small.shardNative() / 2);
    assertThat(large.checkpoint()).isEqualTo(2L * WORDS * 1000 * Float.BYTES);
  }

  @Test
  void whatAMachineCannotHoldIsRefusedInOneLine() {
    Machine enough = new Machine(2, 16 * GIB, 8 * GIB, GIB);
    assertThatCode(() -> plan("word2vec").check(enough)).doesNotThrowAnyException();
    assertRefused(plan("word2vec"), new Machine(2, 16 * GIB, GIB / 4, GIB), "HEADWATER_HEAP");
    WordVectorPlan shards =
        plan("word2vec", "training.workers=2", "parameter-server.shards=2", "embedding.dim=4096");
    assertRefused(shards, new Machine(2, 9 * GIB, 8 * GIB, GIB), "parameter-server.endpoints");
    assertRefused(
        plan("word2vec", "training.workers=2"),
        new Machine(2, 16 * GIB, 8 * GIB, GIB / 16),
        "/dev/shm");
  }

  @Test
  void whatAPodCannotHoldIsRefusedToo() {
    EmbeddingConfig config = config("word2vec", "training.workers=2");
    assertThatThrownBy(
            () -> WordVectorPlan.of(config, WORDS, OptionalLong.empty(), OptionalLong.of(GIB / 2)))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot hold a shard: it needs 0.")
        .hasMessageEndingWith("more parameter-server.shards");
    assertThatThrownBy(
            () -> WordVectorPlan.of(config, WORDS, OptionalLong.of(GIB / 4), OptionalLong.empty()))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot hold a worker");
  }

  private static void assertRefused(WordVectorPlan plan, Machine machine, String advice) {
    assertThatThrownBy(() -> plan.check(machine))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(advice)
        .hasMessageNotContaining("\n");
  }

  private static WordVectorPlan plan(String family, String... assignments) {
    return new WordVectorPlan(config(family, assignments), WORDS);
  }

  private static WordVectorMemory memory(String family, String... assignments) {
    return WordVectorMemory.of(config(family, assignments), WORDS);
  }

  private static EmbeddingConfig config(String family, String... assignments) {
    Map<String, String> options = new HashMap<>();
    options.put("model.preset", family);
    options.put("corpus", "text.txt");
    options.put("output", "vectors");
    if (family.equals("fasttext")) {
      options.put("embedding.buckets", "50000");
    }
    return EmbeddingConfigReader.read(Optional.empty(), List.of(assignments), options);
  }
}
