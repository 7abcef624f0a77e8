package io.headwater.worker;

import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.fasttext.Subwords;
import io.headwater.model.word2vec.Block;
import io.headwater.model.word2vec.BlockTraining;
import io.headwater.model.word2vec.Blocks;
import io.headwater.model.word2vec.Kernels;
import io.headwater.model.word2vec.Word2VecConfig;
import io.headwater.model.word2vec.Word2VecModel;
import io.headwater.ps.sparse.RowInitializer;
import io.headwater.ps.sparse.RowOptimizer;
import io.headwater.ps.sparse.SparseTableConfig;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Words learn from the words of their windows: word2vec and fastText. Parts are of the text.
 *
 * @param subwordsOrNull of fastText; null where a word's vector is its own row
 * @param textParts of the text, in order
 * @param blockWords words that a worker trains on between two exchanges of rows
 */
public record TextTraining(
    Vocabulary vocabulary,
    Word2VecConfig config,
    Subwords subwordsOrNull,
    List<TextPart> textParts,
    int blockWords)
    implements WordTraining {
  private static final String INPUT = "input";
  private static final String OUTPUT = "output";
  private static final double LAST_RATE = 1e-4; // of the first, as the original program has it

  public TextTraining {
    Objects.requireNonNull(vocabulary, "vocabulary");
    Objects.requireNonNull(config, "config");
    textParts = List.copyOf(textParts);
    if (textParts.isEmpty() || blockWords < 1) {
      throw new IllegalArgumentException(
          "Cannot train on " + textParts.size() + " parts in blocks of " + blockWords + " words");
    }
  }

  /** As the original programs begin with the vectors. */
  @Override
  public SparseTableConfig inputTable() {
    float bound = (subwordsOrNull == null ? 0.5f : 1f) / config.dim();
    return table(INPUT, RowInitializer.uniform(bound), inputRows());
  }

  @Override
  public SparseTableConfig outputTable() {
    return table(
        OUTPUT, RowInitializer.zero(), Word2VecModel.outputRows(vocabulary, config.loss()));
  }

  private long inputRows() {
    return vocabulary.size() + (subwordsOrNull == null ? 0L : subwordsOrNull.buckets());
  }

  private SparseTableConfig table(String name, RowInitializer initializer, long rows) {
    return new SparseTableConfig(
        name, config.dim(), config.seed(), initializer, RowOptimizer.sgd(), rows);
  }

  @Override
  public int parts() {
    return textParts.size();
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
    return config.learningRate() * LAST_RATE;
  }

  @Override
  public RowTraining open() {
    return new Windows(
        new BlockTraining(
            vocabulary,
            config,
            inputRows(),
            Optional.ofNullable(subwordsOrNull).map(subwords -> subwords.rows(vocabulary)),
            Kernels.best(),
            blockWords));
  }

  /** Words of all epochs before a batch. */
  private long wordsBefore(long batch) {
    long before = batch / parts() * vocabulary.total();
    for (int part = 0; part < batch % parts(); part++) {
      before += textParts.get(part).words();
    }
    return before;
  }

  /** A worker's. */
  private final class Windows implements RowTraining {
    private final BlockTraining training;

    Windows(BlockTraining training) {
      this.training = training;
    }

    @Override
    public Part part(long batch) {
      TextPart part = textParts.get((int) (batch % parts()));
      Blocks blocks =
          training.blocks(part.read(), wordsBefore(batch), 1_000_003L * config.seed() + batch);
      return new Part(part.words(), () -> next(blocks));
    }

    private RowBlock next(Blocks blocks) {
      Block block = blocks.next();
      return block == null
          ? null
          : new RowBlock(
              block.inputs(),
              block.outputs(),
              (inputs, outputs) -> training.train(block, inputs, outputs));
    }

    @Override
    public double takeLoss() {
      return training.takeLoss();
    }
  }
}
