package io.headwater.model.word2vec;

/*
 * Two cores that write the same rows wait for each other's cache lines: measured on random rows of
 * 112 floats, 13 million a second for each of two cores, of 117 million for one alone. A block of
 * 10,000 words touches each of its rows some ten times.
 */
/** Block by block, on copies of the rows that it needs: for threads beside others. */
final class BlockStretches implements Stretches {
  private final BlockTraining training;
  private final Blocks blocks;
  private final RowCopies inputs;
  private final RowCopies outputs;
  private float rate;

  BlockStretches(BlockTraining training, Sentences sentences, Draws draws, Word2VecModel model) {
    this.training = training;
    this.blocks = training.blocks(sentences, words -> rate, draws);
    this.inputs = new RowCopies(model.input());
    this.outputs = new RowCopies(model.output());
  }

  @Override
  public int next(float rate) {
    this.rate = rate;
    Block block = blocks.next();
    if (block == null) {
      return -1;
    }
    training.train(block, inputs.take(block.inputs()), outputs.take(block.outputs()));
    inputs.giveBack();
    outputs.giveBack();
    return block.centres();
  }

  @Override
  public LossMeter meter() {
    return training.meter();
  }
}
