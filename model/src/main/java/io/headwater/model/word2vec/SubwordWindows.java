package io.headwater.model.word2vec;

import io.headwater.model.embedding.Rows;
import io.headwater.model.word2vec.Word2VecConfig.Algorithm;
import io.headwater.model.word2vec.Word2VecConfig.Negatives;

/**
 * A word's vector is the mean of several input rows, and each of them takes the whole step of that
 * vector, as in the original fastText (arXiv:1607.04606).
 *
 * <p>With shared negatives the mean is taken once, when a word comes into the reach of the window,
 * and its steps go to its rows once, when it leaves: as a step moves the mean and each of its rows
 * alike, the mean stays what it would be, but for the steps of other words with rows in common
 * meanwhile. In between it is a row of a small matrix product like any word's.
 */
final class SubwordWindows implements Windows {
  private final Word2VecConfig config;
  private final Rows in;
  private final InputRows rows;
  private final Minibatch minibatch;
  private final Kernel kernel;
  private final Draws draws;
  private final int span;
  private final int[] context;
  private final int[] first = {0};
  private final int[] gathered;
  private final Rows hidden; // per word in reach: its vector as it is and as it was

  SubwordWindows(
      Word2VecConfig config,
      Rows in,
      InputRows rows,
      Minibatch minibatch,
      Kernel kernel,
      Draws draws) {
    this.config = config;
    this.in = in;
    this.rows = rows;
    this.minibatch = minibatch;
    this.kernel = kernel;
    this.draws = draws;
    this.span = 2 * config.window() + 1;
    this.context = new int[2 * config.window()];
    this.gathered =
        new int[config.algorithm() == Algorithm.CBOW ? 2 * config.window() * rows.most() : 0];
    this.hidden = Windows.hidden(config);
  }

  @Override
  public int train(int[] sentence, int length, float rate) {
    if (config.algorithm() == Algorithm.CBOW) {
      return meansOfWindows(sentence, length, rate);
    }
    return config.negatives() == Negatives.SHARED
        ? sharedNegatives(sentence, length, rate)
        : pairs(sentence, length, rate);
  }

  private int sharedNegatives(int[] sentence, int length, float rate) {
    int centres = 0;
    int entered = 0;
    for (int position = 0; position < length; position++) {
      for (; entered < Math.min(length, position + config.window() + 1); entered++) {
        int[] subwords = rows.of(sentence[entered]);
        kernel.average(in, subwords, subwords.length, hidden, slot(entered));
      }
      int count = 0;
      int reach = 1 + draws.below(config.window());
      int to = Math.min(length, position + reach + 1);
      for (int at = Math.max(0, position - reach); at < to; at++) {
        if (at != position) {
          context[count++] = slot(at);
        }
      }
      if (count > 0) {
        centres++;
        minibatch.step(hidden, context, count, sentence[position], rate);
      }
      if (position >= config.window()) {
        leave(sentence, position - config.window());
      }
    }
    for (int at = Math.max(0, length - config.window()); at < length; at++) {
      leave(sentence, at);
    }
    return centres;
  }

  private void leave(int[] sentence, int position) {
    int[] subwords = rows.of(sentence[position]);
    kernel.spread(hidden, slot(position), in, subwords, subwords.length);
  }

  private int slot(int position) {
    return 2 * (position % span);
  }

  private int pairs(int[] sentence, int length, float rate) {
    int centres = 0;
    for (int position = 0; position < length; position++) {
      int reach = 1 + draws.below(config.window());
      int[] subwords = rows.of(sentence[position]);
      int from = Math.max(0, position - reach);
      int to = Math.min(length, position + reach + 1);
      for (int at = from; at < to; at++) {
        if (at != position) {
          mean(subwords, subwords.length, sentence[at], rate);
        }
      }
      centres += to - from > 1 ? 1 : 0;
    }
    return centres;
  }

  private int meansOfWindows(int[] sentence, int length, float rate) {
    int centres = 0;
    for (int position = 0; position < length; position++) {
      int reach = 1 + draws.below(config.window());
      int to = Math.min(length, position + reach + 1);
      int count = 0;
      for (int at = Math.max(0, position - reach); at < to; at++) {
        if (at != position) {
          int[] subwords = rows.of(sentence[at]);
          System.arraycopy(subwords, 0, gathered, count, subwords.length);
          count += subwords.length;
        }
      }
      if (count > 0) {
        centres++;
        mean(gathered, count, sentence[position], rate);
      }
    }
    return centres;
  }

  /** The mean of rows learns to predict a word. */
  private void mean(int[] of, int count, int word, float rate) {
    kernel.average(in, of, count, hidden, 0);
    minibatch.step(hidden, first, 1, word, rate);
    kernel.spread(hidden, 0, in, of, count);
  }
}
