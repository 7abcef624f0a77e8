package io.headwater.model.word2vec;

import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordSequence;
import io.headwater.model.word2vec.Word2VecConfig.Loss;
import java.util.Optional;

/**
 * Trains on rows that are brought from elsewhere, block by block, with the kernels of {@link
 * Word2VecTrainer}: neither matrix has to be in memory. {@link #blocks} draws what chance decides
 * and says which rows a block needs; {@link #train} changes them. The two may be called by a thread
 * each.
 */
public final class BlockTraining {
  private final Word2VecConfig config;
  private final Optional<InputRows> subwords;
  private final OutputLayer outputLayer;
  private final float[] keep;
  private final long totalWords;
  private final int blockWords;
  private final TouchedRows inputRows;
  private final TouchedRows outputRows;
  private final LossMeter kernel;
  private final Tape.Player player;
  private Rows in;
  private Rows out;

  /**
   * @param inputCount rows of the input matrix
   * @param subwords where a word's vector is the mean of several rows
   * @param blockWords words of a block, after frequent ones are thinned out
   */
  public BlockTraining(
      Vocabulary vocabulary,
      Word2VecConfig config,
      long inputCount,
      Optional<InputRows> subwords,
      Kernels kernels,
      int blockWords) {
    this.config = config;
    this.subwords = subwords;
    this.blockWords = blockWords;
    this.outputLayer = outputLayer(vocabulary, config, subwords.isPresent(), blockWords);
    this.keep = Subsampling.keep(vocabulary, config.sample());
    this.totalWords = vocabulary.total();
    this.inputRows = new TouchedRows(inputCount);
    this.outputRows = new TouchedRows(outputLayer.rows());
    this.in = new Rows(1, config.dim());
    this.out = new Rows(1, config.dim());
    this.kernel =
        new LossMeter(
            kernels.create(
                2 * config.window(), outputLayer.mostOutputs(), config.dim(), in.stride()));
    this.player = new Tape.Player(kernel, Windows.hidden(config));
  }

  private static OutputLayer outputLayer(
      Vocabulary vocabulary, Word2VecConfig config, boolean subwords, int blockWords) {
    if (config.loss() == Loss.HS) {
      return new HierarchicalSoftmax(vocabulary);
    }
    NegativeSampling sampling = NegativeSampling.of(vocabulary, config.negative(), subwords);
    return new PooledNegatives(sampling, config.negative(), blockWords);
  }

  /**
   * Reads a part of the corpus.
   *
   * @param before words of earlier epochs and of what lies before it in this one
   * @param seed of all that is drawn
   */
  public Blocks blocks(WordSequence part, long before, long seed) {
    return new Blocks(
        this,
        part,
        outputLayer,
        new Rows(0, config.dim()),
        new Decay(config.learningRate(), totalWords * config.epochs(), before),
        new Draws(seed));
  }

  /**
   * Trains.
   *
   * @param inputs the rows of {@link Block#inputs}, row by row; overwritten with the new ones
   * @param outputs the rows of {@link Block#outputs} likewise
   */
  public void train(Block block, float[] inputs, float[] outputs) {
    in = filled(in, inputs, block.inputs().length);
    out = filled(out, outputs, block.outputs().length);
    player.play(block.codes(), in, out, block.rate());
    in.read(0, inputs, 0, block.inputs().length * config.dim());
    out.read(0, outputs, 0, block.outputs().length * config.dim());
  }

  private Rows filled(Rows rows, float[] values, int count) {
    Rows roomy = rows.count() < count ? grown(count) : rows;
    roomy.write(0, values, 0, count * config.dim());
    return roomy;
  }

  private Rows grown(int count) {
    return new Rows(count + count / 4 + 1L, config.dim());
  }

  /** Mean loss since the last call, nats; NaN if nothing was trained. */
  public double takeLoss() {
    return kernel.take();
  }

  Word2VecConfig config() {
    return config;
  }

  Optional<InputRows> subwords() {
    return subwords;
  }

  float[] keep() {
    return keep;
  }

  int blockWords() {
    return blockWords;
  }

  TouchedRows inputRows() {
    return inputRows;
  }

  TouchedRows outputRows() {
    return outputRows;
  }
}
