package io.headwater.model.word2vec;

import io.headwater.model.embedding.Rows;
import io.headwater.model.word2vec.Word2VecConfig.Algorithm;
import io.headwater.model.word2vec.Word2VecConfig.Negatives;

/** One thread's part of an epoch: the loop of the original program over kernels. */
final class TrainingThread implements Runnable {
  /** Words between two looks at the clock of the learning rate. */
  private static final int REPORT_WORDS = 10_000;

  private static final int LOSS_EVERY = 1024;

  /** Takes words done since the last call, gives the learning rate. */
  interface Clock {
    float advance(long words);
  }

  private final Word2VecConfig config;
  private final Rows in;
  private final Rows out;
  private final Sentences sentences;
  private final OutputLayer outputLayer;
  private final Kernel kernel;
  private final Draws draws;
  private final Clock clock;
  private final int[] sentence = new int[Sentences.MOST_WORDS];
  private final int[] context;
  private final int[] single = new int[1];
  private final int[] outputs;
  private final float[] labels;
  private final Rows hidden;
  private float rate;
  private long centres;
  private long batches;
  private double loss;
  private long lossPairs;

  TrainingThread(
      Word2VecModel model,
      Word2VecConfig config,
      Sentences sentences,
      OutputLayer outputLayer,
      Kernel kernel,
      Draws draws,
      Clock clock) {
    this.config = config;
    this.in = model.input();
    this.out = model.output();
    this.sentences = sentences;
    this.outputLayer = outputLayer;
    this.kernel = kernel;
    this.draws = draws;
    this.clock = clock;
    this.context = new int[2 * config.window()];
    this.outputs = new int[outputLayer.mostOutputs()];
    this.labels = new float[outputLayer.mostOutputs()];
    this.hidden = new Rows(2, config.dim());
  }

  @Override
  public void run() {
    long reported = 0;
    rate = clock.advance(0);
    for (int length = sentences.next(sentence); length >= 0; length = sentences.next(sentence)) {
      for (int position = 0; position < length; position++) {
        centre(position, length);
      }
      if (sentences.wordsRead() - reported >= REPORT_WORDS) {
        rate = clock.advance(sentences.wordsRead() - reported);
        reported = sentences.wordsRead();
      }
    }
    clock.advance(sentences.wordsRead() - reported);
  }

  EpochResult result() {
    return new EpochResult(
        sentences.wordsRead(), centres, lossPairs == 0 ? Double.NaN : loss / lossPairs, lossPairs);
  }

  private void centre(int position, int length) {
    int reach = 1 + draws.below(config.window());
    int from = Math.max(0, position - reach);
    int to = Math.min(length, position + reach + 1);
    int count = 0;
    for (int at = from; at < to; at++) {
      if (at != position) {
        context[count++] = sentence[at];
      }
    }
    if (count == 0) {
      return;
    }
    centres++;
    int word = sentence[position];
    if (config.algorithm() == Algorithm.CBOW) {
      kernel.average(in, context, count, hidden);
      single[0] = 0;
      update(hidden, single, 1, word);
      kernel.spread(hidden, in, context, count);
    } else if (config.negatives() == Negatives.SHARED) {
      update(in, context, count, word);
    } else {
      for (int i = 0; i < count; i++) {
        single[0] = context[i];
        update(in, single, 1, word);
      }
    }
  }

  private void update(Rows inputRows, int[] inputs, int count, int word) {
    int outputCount = outputLayer.outputs(word, draws, outputs, labels);
    if (batches++ % LOSS_EVERY == 0) {
      loss += Objective.loss(inputRows, inputs, count, out, outputs, labels, outputCount);
      lossPairs += (long) count * outputCount;
    }
    kernel.update(inputRows, inputs, count, out, outputs, labels, outputCount, rate);
  }
}
