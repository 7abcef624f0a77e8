package io.headwater.model.word2vec;

import io.headwater.model.embedding.Rows;
import io.headwater.model.word2vec.Word2VecConfig.Algorithm;
import io.headwater.model.word2vec.Word2VecConfig.Negatives;

/** Each word has an input row of its own. */
final class WordWindows implements Windows {
  private final Word2VecConfig config;
  private final Rows in;
  private final Minibatch minibatch;
  private final Kernel kernel;
  private final Draws draws;
  private final int[] context;
  private final int[] single = new int[1];
  private final Rows hidden;

  WordWindows(Word2VecConfig config, Rows in, Minibatch minibatch, Kernel kernel, Draws draws) {
    this.config = config;
    this.in = in;
    this.minibatch = minibatch;
    this.kernel = kernel;
    this.draws = draws;
    this.context = new int[2 * config.window()];
    this.hidden = new Rows(2, config.dim());
  }

  @Override
  public int train(int[] sentence, int length, float rate) {
    int centres = 0;
    for (int position = 0; position < length; position++) {
      int reach = 1 + draws.below(config.window());
      int from = Math.max(0, position - reach);
      int to = Math.min(length, position + reach + 1);
      int count = 0;
      for (int at = from; at < to; at++) {
        if (at != position) {
          context[count++] = sentence[at];
        }
      }
      if (count > 0) {
        centres++;
        centre(count, sentence[position], rate);
      }
    }
    return centres;
  }

  private void centre(int count, int word, float rate) {
    if (config.algorithm() == Algorithm.CBOW) {
      kernel.average(in, context, count, hidden, 0);
      single[0] = 0;
      minibatch.step(hidden, single, 1, word, rate);
      kernel.spread(hidden, 0, in, context, count);
    } else if (config.negatives() == Negatives.SHARED) {
      minibatch.step(in, context, count, word, rate);
    } else {
      for (int i = 0; i < count; i++) {
        single[0] = context[i];
        minibatch.step(in, single, 1, word, rate);
      }
    }
  }
}
