package io.headwater.model.word2vec;

import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.word2vec.Word2VecConfig.Loss;

/**
 * By what chance decides, the same for all threads.
 *
 * @param outputs what each centre is learnt from
 * @param keep the probability of each word's occurrence to stay
 * @param words occurrences in an epoch
 */
record Sampling(OutputLayer outputs, float[] keep, long words) {
  /** As the configuration has it; with subwords negatives are drawn as fastText does. */
  static Sampling of(Vocabulary vocabulary, Word2VecConfig config, boolean subwords) {
    return new Sampling(
        config.loss() == Loss.NS
            ? NegativeSampling.of(vocabulary, config.negative(), subwords)
            : new HierarchicalSoftmax(vocabulary),
        Subsampling.keep(vocabulary, config.sample()),
        vocabulary.total());
  }

  /** The learning rate of an epoch, or from where in it on. */
  Decay decay(Word2VecConfig config, long before) {
    return new Decay(config.learningRate(), words * config.epochs(), before);
  }
}
