package io.headwater.model.word2vec;

import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.TouchedRows;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordSequence;
import java.util.Optional;

/**
 * Trains on rows that are brought from elsewhere, block by block, with the kernels of {@link
 * Word2VecTrainer}: neither matrix has to be in memory. {@link #blocks} draws what chance decides
 * and says which rows a block needs; {@link #train} changes them. The two may be called by a thread
 * each.
 */
public final class BlockTraining {
  private final Word2VecConfig config;
  private final Sampling sampling;
  private final Optional<InputRows> subwords;
  private final OutputLayer outputLayer;
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
    this(
        Sampling.of(vocabulary, config, subwords.isPresent()),
        config,
        inputCount,
        subwords,
        kernels,
        blockWords);
  }

  BlockTraining(
      Sampling sampling,
      Word2VecConfig config,
      long inputCount,
      Optional<InputRows> subwords,
      Kernels kernels,
      int blockWords) {
    this.sampling = sampling;
    this.config = config;
    this.subwords = subwords;
    this.blockWords = blockWords;
    this.outputLayer = sampling.outputs().forBlocks(blockWords);
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

  /**
   * Reads a part of the corpus.
   *
   * @param before words of earlier epochs and of what lies before it in this one
   * @param seed of all that is drawn
   */
  public Blocks blocks(WordSequence part, long before, long seed) {
    Draws draws = new Draws(seed);
    Sentences sentences = new Sentences(part, 0, part.length(), sampling.keep(), draws);
    return blocks(sentences, sampling.decay(config, before)::rate, draws);
  }

  Blocks blocks(Sentences sentences, Blocks.Pace pace, Draws draws) {
    return new Blocks(this, sentences, outputLayer, new Rows(0, config.dim()), pace, draws);
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
    train(block, in, out);
    in.read(0, inputs, 0, block.inputs().length * config.dim());
    out.read(0, outputs, 0, block.outputs().length * config.dim());
  }

  /** Trains on the rows of {@link Block#inputs} and {@link Block#outputs} as they stand. */
  void train(Block block, Rows inputs, Rows outputs) {
    player.play(block.codes(), inputs, outputs, block.rate());
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

  LossMeter meter() {
    return kernel;
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
