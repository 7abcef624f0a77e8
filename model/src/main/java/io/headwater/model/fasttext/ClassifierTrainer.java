package io.headwater.model.fasttext;

import io.headwater.model.embedding.HuffmanTree;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Trains a classifier by stochastic gradient descent, text by text, as the original program does;
 * one thread, deterministic. The learning rate falls linearly to zero.
 */
public final class ClassifierTrainer {
  private static final double LABEL_POWER = 0.5; // of counts, where labels are drawn

  private final FastTextClassifier model;
  private final boolean trainsInput;
  private final double learningRate;
  private final SplittableRandom random;
  private final HuffmanTree tree;
  private final double[] drawnUpTo; // of labels, rising to 1
  private final float[] gradient; // of the hidden vector

  /**
   * Makes a trainer.
   *
   * @param trainsInput whether the rows of words and n-grams change, or the head alone
   */
  public ClassifierTrainer(
      FastTextClassifier model, boolean trainsInput, double learningRate, long seed) {
    this.model = model;
    this.trainsInput = trainsInput;
    this.learningRate = learningRate;
    this.random = new SplittableRandom(seed);
    this.tree = new HuffmanTree(model.labels());
    this.drawnUpTo = new double[model.labels().size()];
    double sum = 0;
    for (int label = 0; label < drawnUpTo.length; label++) {
      sum += Math.pow(model.labels().count(label), LABEL_POWER);
      drawnUpTo[label] = sum;
    }
    for (int label = 0; label < drawnUpTo.length; label++) {
      drawnUpTo[label] /= sum;
    }
    this.gradient = new float[model.settings().dim()];
  }

  /**
   * Runs one epoch, in another order than the one before.
   *
   * @param epoch from 0
   * @param texts features of each
   * @param labels by number
   * @return mean loss of a text before its step, nats; NaN if no text has a feature
   */
  public double epoch(int epoch, int[][] texts, int[] labels) {
    int[] order = permutation(texts.length);
    double loss = 0;
    int trained = 0;
    long all = (long) texts.length * model.settings().epochs();
    for (int at = 0; at < order.length; at++) {
      double done = ((double) epoch * texts.length + at) / all;
      int text = order[at];
      if (texts[text].length > 0) {
        loss += step(texts[text], labels[text], (float) (learningRate * (1 - done)));
        trained++;
      }
    }
    return trained == 0 ? Double.NaN : loss / trained;
  }

  private int[] permutation(int count) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private double step(int[] features, int label, float rate) {
    float[] hidden = model.mean(features);
    Arrays.fill(gradient, 0);
    double loss =
        switch (model.settings().loss()) {
          case SOFTMAX -> softmax(hidden, label, rate);
          case NS -> negativeSampling(hidden, label, rate);
          case HS -> alongTree(hidden, label, rate);
        };
    if (trainsInput) {
      for (int d = 0; d < gradient.length; d++) {
        gradient[d] /= features.length;
      }
      for (int row : features) {
        add(1, gradient, model.input().block(row), model.input().offset(row));
      }
    }
    return loss;
  }

  private double softmax(float[] hidden, int label, float rate) {
    float[] logs = FastTextClassifier.logSoftmax(model.scores(hidden));
    for (int row = 0; row < logs.length; row++) {
      float error = (row == label ? 1 : 0) - (float) Math.exp(logs[row]);
      move(row, hidden, rate * error);
    }
    return -logs[label];
  }

  private double negativeSampling(float[] hidden, int label, float rate) {
    double loss = logistic(label, true, hidden, rate);
    for (int n = 0; n < model.settings().negative(); n++) {
      loss += logistic(drawOther(label), false, hidden, rate);
    }
    return loss;
  }

  private int drawOther(int label) {
    int drawn = label;
    while (drawn == label) {
      int at = Arrays.binarySearch(drawnUpTo, random.nextDouble());
      drawn = Math.min(drawnUpTo.length - 1, at < 0 ? -at - 1 : at + 1);
    }
    return drawn;
  }

  private double alongTree(float[] hidden, int label, float rate) {
    double loss = 0;
    int[] nodes = tree.nodes(label);
    for (int bit = 0; bit < nodes.length; bit++) {
      loss += logistic(nodes[bit], tree.second(label)[bit], hidden, rate);
    }
    return loss;
  }

  private double logistic(int row, boolean isTrue, float[] hidden, float rate) {
    float score = model.product(row, hidden);
    float log = FastTextClassifier.logSigmoid(isTrue ? score : -score);
    float error = 1 - (float) Math.exp(log);
    move(row, hidden, isTrue ? rate * error : -rate * error);
    return -log;
  }

  /**
   * A row of the head by {@code factor} times the hidden vector, and that by as much of the row.
   */
  private void move(int row, float[] hidden, float factor) {
    float[] block = model.output().block(row);
    int at = model.output().offset(row);
    for (int d = 0; d < hidden.length; d++) {
      gradient[d] += factor * block[at + d];
    }
    add(factor, hidden, block, at);
  }

  private static void add(float factor, float[] values, float[] block, int at) {
    for (int d = 0; d < values.length; d++) {
      block[at + d] += factor * values[d];
    }
  }
}
