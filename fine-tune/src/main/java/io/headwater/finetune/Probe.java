package io.headwater.finetune;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * A linear head on frozen features, trained as a Deeplearning4j network.
 *
 * <p>It has a softmax and no bias, so that its weights are the {@code score.weight} of a Hugging
 * Face sequence classifier. Each feature is divided by its root mean square for training, and the
 * weights by the same afterwards: the scales of a transformer's features differ too much for one
 * learning rate.
 */
final class Probe {
  private final int width; // D
  private final int labels;
  private float[] score = {};

  /**
   * @param width D
   * @param labels number of labels
   */
  Probe(int width, int labels) {
    this.width = width;
    this.labels = labels;
  }

  /** {@code score.weight} once trained: (labels, D) row-major. */
  float[] score() {
    return score;
  }

  /**
   * @param features (N, D)
   * @param truth label of each row
   */
  Trained train(
      float[][] features, int[] truth, FineTuneSettings settings, FineTuneProgress progress) {
    float[] scale = scales(features);
    MultiLayerNetwork network = network(width, labels, settings);
    BatchOrder order = new BatchOrder(features.length, settings.batchSize(), settings.seed());
    long steps = order.batchesPerEpoch() * settings.epochs();
    List<Double> epochLosses = new ArrayList<>();
    long step = 0;
    for (int epoch = 0; epoch < settings.epochs(); epoch++) {
      double sum = 0;
      for (int[] batch : order.epoch(epoch)) {
        try (INDArray x = Nd4j.create(scaled(features, batch, scale));
            INDArray y = Nd4j.create(oneHot(truth, batch, labels))) {
          network.fit(x, y);
        }
        sum += network.score();
        step++;
        progress.step(step, steps, network.score());
      }
      epochLosses.add(sum / order.batchesPerEpoch());
      progress.epoch(epoch + 1, settings.epochs(), sum / order.batchesPerEpoch());
    }
    INDArray weight = network.getParam("0_W"); // (D, labels)
    score = new float[labels * width];
    for (int label = 0; label < labels; label++) {
      for (int i = 0; i < width; i++) {
        score[label * width + i] = weight.getFloat(i, label) * scale[i];
      }
    }
    return new Trained(epochLosses, step, score.length);
  }

  private static MultiLayerNetwork network(int width, int labels, FineTuneSettings settings) {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(settings.seed())
            .dataType(DataType.FLOAT)
            .updater(new Adam(settings.learningRate()))
            .l2(settings.weightDecay())
            .list()
            .layer(
                new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                    .nIn(width)
                    .nOut(labels)
                    .activation(Activation.SOFTMAX)
                    .weightInit(WeightInit.ZERO)
                    .hasBias(false)
                    .build())
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return network;
  }

  /** One over the root mean square of each feature. */
  private static float[] scales(float[][] features) {
    float[] scale = new float[features[0].length];
    for (int i = 0; i < scale.length; i++) {
      double squares = 0;
      for (float[] row : features) {
        squares += (double) row[i] * row[i];
      }
      double rms = Math.sqrt(squares / features.length);
      scale[i] = rms > 0 ? (float) (1 / rms) : 0;
    }
    return scale;
  }

  private static float[][] scaled(float[][] features, int[] batch, float[] scale) {
    float[][] rows = new float[batch.length][scale.length];
    for (int row = 0; row < batch.length; row++) {
      for (int i = 0; i < scale.length; i++) {
        rows[row][i] = features[batch[row]][i] * scale[i];
      }
    }
    return rows;
  }

  private static float[][] oneHot(int[] truth, int[] batch, int labels) {
    float[][] rows = new float[batch.length][labels];
    for (int row = 0; row < batch.length; row++) {
      rows[row][truth[batch[row]]] = 1;
    }
    return rows;
  }
}
