package io.headwater.worker;

import io.headwater.model.glove.Cooccurrence;
import io.headwater.model.glove.GloveBlock;
import io.headwater.model.glove.GloveBlockTraining;
import io.headwater.model.glove.GloveConfig;
import io.headwater.model.glove.GloveTables;
import io.headwater.model.word2vec.Kernels;
import io.headwater.ps.sparse.RowInitializer;
import io.headwater.ps.sparse.RowOptimizer;
import io.headwater.ps.sparse.SparseTableConfig;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Words learn from how often they meet: GloVe. Parts are of the co-occurrences; the input table is
 * that of the words, the output table that of their contexts.
 *
 * @param words of the vocabulary
 * @param countParts in an order in which parts near each other have no rows in common
 * @param blockEntries entries that a worker trains on between two exchanges of rows
 */
public record CooccurrenceTraining(
    long words, GloveConfig config, List<CooccurrencePart> countParts, int blockEntries)
    implements WordTraining {
  private static final String WORDS = "word";
  private static final String CONTEXTS = "context";

  public CooccurrenceTraining {
    Objects.requireNonNull(config, "config");
    countParts = List.copyOf(countParts);
    if (countParts.isEmpty() || blockEntries < 1) {
      throw new IllegalArgumentException(
          "Cannot train on "
              + countParts.size()
              + " parts in blocks of "
              + blockEntries
              + " entries");
    }
  }

  @Override
  public SparseTableConfig inputTable() {
    return table(WORDS);
  }

  @Override
  public SparseTableConfig outputTable() {
    return table(CONTEXTS);
  }

  /** Weights and squares begin with different values, so the run starts from a written table. */
  private SparseTableConfig table(String name) {
    GloveTables tables = new GloveTables(words, config.dim());
    return new SparseTableConfig(
        name,
        tables.columns(),
        config.seed(),
        RowInitializer.zero(),
        RowOptimizer.sgd(),
        tables.rows());
  }

  @Override
  public int parts() {
    return countParts.size();
  }

  @Override
  public int epochs() {
    return config.epochs();
  }

  @Override
  public double learningRate() {
    return config.learningRate();
  }

  @Override
  public double lastLearningRate() {
    return config.learningRate();
  }

  @Override
  public RowTraining open() {
    return new Counts(new GloveBlockTraining(words, config, Kernels.best()));
  }

  /** A worker's. */
  private final class Counts implements RowTraining {
    private final GloveBlockTraining training;

    Counts(GloveBlockTraining training) {
      this.training = training;
    }

    @Override
    public Part part(long batch) {
      CooccurrencePart part = countParts.get((int) (batch % parts()));
      return new Part(part.entries(), new Blocks(part.read()));
    }

    @Override
    public double takeLoss() {
      return training.takeLoss();
    }

    /** One after the other. */
    private final class Blocks implements Supplier<RowBlock> {
      private final long[] entries;
      private int next;

      Blocks(long[] entries) {
        this.entries = entries;
      }

      @Override
      public RowBlock get() {
        int count = Math.min(blockEntries, entries.length / Cooccurrence.LONGS - next);
        if (count == 0) {
          return null;
        }
        GloveBlock block = training.block(entries, next, count);
        next += count;
        return new RowBlock(
            block.wordRows(),
            block.contextRows(),
            (wordRows, contextRows) -> training.train(block, wordRows, contextRows));
      }
    }
  }
}
