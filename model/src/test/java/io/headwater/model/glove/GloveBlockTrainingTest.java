package io.headwater.model.glove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.BlockSource;
import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordSequence;
import io.headwater.model.word2vec.Kernels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks of the counts of a random text, whose rows come from tables in memory. */
class GloveBlockTrainingTest {
  private static final int WORDS = 50;
  private static final int SENTENCES = 400;
  private static final int LENGTH = 10;
  private static final GloveConfig CONFIG = new GloveConfig(19, 5, 100, 0.75, 0.05, 2, 1, 7);

  @TempDir private Path folder;
  private final Vocabulary vocabulary = vocabulary();
  private final GloveTables layout = new GloveTables(WORDS, CONFIG.dim());

  @ParameterizedTest
  @EnumSource
  void oneBlockGivesTheBitsOfTheTrainerInMemory(Kernels kernels) {
    GloveModel expected = GloveModel.initial(vocabulary, CONFIG);
    try (Cooccurrences counts = counts()) {
      GloveEpoch epoch =
          new GloveTrainer(expected, CONFIG, counts, kernels)
              .epoch(Optional.empty(), done -> {}, () -> false);
      GloveBlockTraining training = new GloveBlockTraining(WORDS, CONFIG, kernels);
      GloveTables.Both tables = tables();

      long[] entries = entries(counts);
      GloveBlock block = training.block(entries, 0, entries.length / Cooccurrence.LONGS);
      assertThat(block.wordRows()).doesNotHaveDuplicates().hasSize(2 * WORDS);
      train(training, block, tables);

      assertThat(training.takeLoss()).isCloseTo(epoch.loss(), within(1e-9));
      assertThat(training.takeLoss()).isNaN();
      assertSame(tables, expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "7", "100"})
  void blocksOfAnySizeGiveTheBitsOfOneByOne(int size) {
    try (Cooccurrences counts = counts()) {
      long[] entries = entries(counts);
      GloveTables.Both blocks = tables();
      GloveTables.Both whole = tables();
      GloveBlockTraining training = new GloveBlockTraining(WORDS, CONFIG, Kernels.VECTOR);
      int all = entries.length / Cooccurrence.LONGS;

      train(training, training.block(entries, 0, all), whole);
      for (int from = 0; from < all; from += size) {
        train(training, training.block(entries, from, Math.min(size, all - from)), blocks);
      }

      assertThat(values(blocks.words())).isEqualTo(values(whole.words()));
      assertThat(values(blocks.contexts())).isEqualTo(values(whole.contexts()));
    }
  }

  /** Changes of workers whose blocks have no row in common add up to what one would have done. */
  @Test
  void squaresOfADiagonalMayBeTrainedAtTheSameTime() {
    try (Cooccurrences counts = counts()) {
      long[] first = square(entries(counts), 0, 1);
      long[] second = square(entries(counts), 1, 0);
      GloveTables.Both inTurn = tables();
      GloveTables.Both together = tables();
      GloveBlockTraining training = new GloveBlockTraining(WORDS, CONFIG, Kernels.SCALAR);
      GloveBlock one = training.block(first, 0, first.length / Cooccurrence.LONGS);
      GloveBlock other = training.block(second, 0, second.length / Cooccurrence.LONGS);

      train(training, one, inTurn);
      train(training, other, inTurn);
      train(training, other, together);
      train(training, one, together);

      assertThat(values(together.words())).isEqualTo(values(inTurn.words()));
      assertThat(values(together.contexts())).isEqualTo(values(inTurn.contexts()));
      assertThat(values(together.words())).isNotEqualTo(values(tables().words()));
    }
  }

  @Test
  void aNewModelsTablesAndTheirCheckpointAreThoseOfOneProcess() {
    GloveModel model = GloveModel.initial(vocabulary, CONFIG);

    GloveTables.Both drawn = layout.initial(CONFIG.seed());

    assertThat(layout.layout()).isEqualTo(GloveCheckpoint.layout(model));
    long elements = layout.layout().elements();
    GloveTables.Both tables = tables();
    assertThat(read(layout.weights(drawn), elements, 13))
        .isEqualTo(read(GloveCheckpoint.weights(model), elements, 1000));
    assertThat(read(layout.optimizerState(tables).get("squares"), elements, 64))
        .isEqualTo(read(GloveCheckpoint.optimizerState(model).get("squares"), elements, 1000));
  }

  private void assertSame(GloveTables.Both tables, GloveModel expected) {
    long elements = layout.layout().elements();
    assertThat(read(layout.weights(tables), elements, 500))
        .isEqualTo(read(GloveCheckpoint.weights(expected), elements, 500));
    assertThat(read(layout.optimizerState(tables).get("squares"), elements, 500))
        .isEqualTo(read(GloveCheckpoint.optimizerState(expected).get("squares"), elements, 500));
  }

  private static float[] read(BlockSource source, long elements, int step) {
    float[] all = new float[(int) elements];
    for (int from = 0; from < all.length; from += step) {
      source.read(from, all, from, Math.min(step, all.length - from));
    }
    return all;
  }

  /** Of a new model, in memory. */
  private GloveTables.Both tables() {
    GloveTables.Both drawn = layout.initial(CONFIG.seed());
    return new GloveTables.Both(table(drawn.words()), table(drawn.contexts()));
  }

  private Table table(BlockSource drawn) {
    Table table = new Table(new Rows(layout.rows(), layout.columns()));
    float[] row = new float[layout.columns()];
    for (long at = 0; at < layout.rows(); at++) {
      drawn.read(at * row.length, row, 0, row.length);
      table.rows.set(at, row);
    }
    return table;
  }

  private float[] values(BlockSource table) {
    return read(table, layout.rows() * layout.columns(), 1000);
  }

  /** Rows that can be changed. */
  private record Table(Rows rows) implements BlockSource {
    @Override
    public void read(long from, float[] into, int offset, int count) {
      rows.read(from, into, offset, count);
    }
  }

  private void train(GloveBlockTraining training, GloveBlock block, GloveTables.Both tables) {
    Rows words = ((Table) tables.words()).rows();
    Rows contexts = ((Table) tables.contexts()).rows();
    float[] wordRows = gather(words, block.wordRows());
    float[] contextRows = gather(contexts, block.contextRows());
    training.train(block, wordRows, contextRows);
    scatter(wordRows, block.wordRows(), words);
    scatter(contextRows, block.contextRows(), contexts);
  }

  private float[] gather(Rows from, long[] rows) {
    int columns = layout.columns();
    float[] values = new float[rows.length * columns];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(from.row(rows[i]), 0, values, i * columns, columns);
    }
    return values;
  }

  private void scatter(float[] values, long[] rows, Rows into) {
    int columns = layout.columns();
    for (int i = 0; i < rows.length; i++) {
      into.write(rows[i] * columns, values, i * columns, columns);
    }
  }

  private Cooccurrences counts() {
    return Counting.shuffled(corpus(), CONFIG, 1 << 20, folder);
  }

  private static long[] entries(Cooccurrences counts) {
    long[] entries = new long[(int) counts.size() * Cooccurrence.LONGS];
    counts.read(0, entries, (int) counts.size());
    return entries;
  }

  /** Those of even or odd words with even or odd contexts. */
  private static long[] square(long[] entries, int word, int context) {
    long[] chosen = new long[entries.length];
    int count = 0;
    for (int e = 0; e < entries.length; e += Cooccurrence.LONGS) {
      if ((entries[e] >>> 32) % 2 == word && (int) entries[e] % 2 == context) {
        chosen[count++] = entries[e];
        chosen[count++] = entries[e + 1];
      }
    }
    return Arrays.copyOf(chosen, count);
  }

  private static WordSequence corpus() {
    Random random = new Random(3);
    int[] ids = new int[SENTENCES * (LENGTH + 1)];
    for (int s = 0, at = 0; s < SENTENCES; s++) {
      for (int w = 0; w < LENGTH; w++) {
        ids[at++] = (int) (WORDS * random.nextDouble());
      }
      ids[at++] = WordSequence.SENTENCE_END;
    }
    return WordSequence.of(ids);
  }

  private static Vocabulary vocabulary() {
    List<Vocabulary.Count> counts = new ArrayList<>();
    for (int word = 0; word < WORDS; word++) {
      counts.add(new Vocabulary.Count("w" + word, 1000 - word));
    }
    return Vocabulary.of(counts, 1);
  }
}
