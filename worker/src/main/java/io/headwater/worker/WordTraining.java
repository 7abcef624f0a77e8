package io.headwater.worker;

import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.fasttext.Subwords;
import io.headwater.model.word2vec.BlockTraining;
import io.headwater.model.word2vec.Kernels;
import io.headwater.model.word2vec.Word2VecConfig;
import io.headwater.model.word2vec.Word2VecModel;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.sparse.RowInitializer;
import io.headwater.ps.sparse.RowOptimizer;
import io.headwater.ps.sparse.SparseTableConfig;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Word vectors whose two matrices are sparse tables: what all workers know. A batch of the run is a
 * part of the text; an epoch has as many as there are parts.
 *
 * @param subwordsOrNull of fastText; null where a word's vector is its own row
 * @param parts of the text, in order
 * @param blockWords words that a worker trains on between two exchanges of rows
 */
public record WordTraining(
    Vocabulary vocabulary,
    Word2VecConfig config,
    Subwords subwordsOrNull,
    List<TextPart> parts,
    int blockWords)
    implements Serializable {
  private static final String INPUT = "input";
  private static final String OUTPUT = "output";

  public WordTraining {
    Objects.requireNonNull(vocabulary, "vocabulary");
    Objects.requireNonNull(config, "config");
    parts = List.copyOf(parts);
    if (parts.isEmpty() || blockWords < 1) {
      throw new IllegalArgumentException(
          "Cannot train on " + parts.size() + " parts in blocks of " + blockWords + " words");
    }
  }

  /** Rows of the input matrix. */
  public long inputRows() {
    return vocabulary.size() + (subwordsOrNull == null ? 0L : subwordsOrNull.buckets());
  }

  /** Rows of the output matrix. */
  public long outputRows() {
    return Word2VecModel.outputRows(vocabulary, config.loss());
  }

  /** The table of the vectors, as the original programs begin with them. */
  public SparseTableConfig inputTable() {
    float bound = (subwordsOrNull == null ? 0.5f : 1f) / config.dim();
    return table(INPUT, RowInitializer.uniform(bound), inputRows());
  }

  /** The table of the rows that predict. */
  public SparseTableConfig outputTable() {
    return table(OUTPUT, RowInitializer.zero(), outputRows());
  }

  private SparseTableConfig table(String name, RowInitializer initializer, long rows) {
    return new SparseTableConfig(
        name, config.dim(), config.seed(), initializer, RowOptimizer.sgd(), rows);
  }

  /** Elements of the flat vector that goes along with the tables, which the run needs to count. */
  public static long flatElements(int shards) {
    return (long) shards * ChunkSize.BLOCK;
  }

  BlockTraining open() {
    return new BlockTraining(
        vocabulary,
        config,
        inputRows(),
        Optional.ofNullable(subwordsOrNull).map(subwords -> subwords.rows(vocabulary)),
        Kernels.best(),
        blockWords);
  }

  /** The part that is a batch of the run. */
  int part(long batch) {
    return (int) (batch % parts.size());
  }

  /** Words of all epochs before a batch. */
  long wordsBefore(long batch) {
    long before = batch / parts.size() * vocabulary.total();
    for (int part = 0; part < part(batch); part++) {
      before += parts.get(part).words();
    }
    return before;
  }
}
