package io.headwater.finetune;

import io.headwater.model.head.HeadedNetwork;
import io.headwater.model.head.Scorer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
 * A linear head on frozen features, trained as a Deeplearning4j network: softmax and cross-entropy
 * for classes, squared error for values.
 *
 * <p>It has a bias where the network's head has one. Each feature is divided by its root mean
 * square for training, and the weights by the same afterwards: the scales of a transformer's
 * features differ too much for one learning rate.
 */
final class Probe {
  private Probe() {}

  /** Trains the head and writes it into the network. */
  static Trained train(
      ProbeExamples examples, FineTuneSettings settings, FineTuneProgress progress) {
    HeadedNetwork network = examples.network();
    Scorer scorer = network.scorer().orElseThrow();
    float[] scale = scales(examples.features());
    MultiLayerNetwork head = head(examples, scorer.biased(), settings);
    Trained trained = fit(head, examples, scale, settings, progress);
    float[] weight = weight(head, scale);
    write(network, scorer.weight(), weight);
    if (scorer.biased()) {
      write(network, scorer.bias(), head.getParam("0_b").toFloatVector());
    }
    return trained;
  }

  private static Trained fit(
      MultiLayerNetwork head,
      ProbeExamples examples,
      float[] scale,
      FineTuneSettings settings,
      FineTuneProgress progress) {
    BatchOrder order =
        new BatchOrder(
            new int[examples.features().length], settings.batchSize(), settings.seed(), false);
    long steps = order.batchesPerEpoch() * settings.epochs();
    List<Trained.Epoch> epochs = new ArrayList<>();
    long start = System.nanoTime();
    long step = 0;
    for (int epoch = 0; epoch < settings.epochs(); epoch++) {
      double sum = 0;
      for (int[] batch : order.epoch(epoch)) {
        try (INDArray x = Nd4j.create(scaled(examples.features(), batch, scale));
            INDArray y = Nd4j.create(picked(examples.targets(), batch))) {
          head.fit(x, y);
        }
        sum += head.score();
        step++;
        progress.step(step, steps, head.score());
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      epochs.add(new Trained.Epoch(sum / order.batchesPerEpoch(), step, seconds, Optional.empty()));
      progress.epoch(epoch + 1, settings.epochs(), epochs.get(epoch));
    }
    return new Trained(epochs, epochs.size(), step, head.numParams());
  }

  /** (C, D) row-major, of features as they are. */
  private static float[] weight(MultiLayerNetwork head, float[] scale) {
    INDArray weight = head.getParam("0_W"); // (D, C)
    int outputs = (int) weight.size(1);
    float[] score = new float[outputs * scale.length];
    for (int output = 0; output < outputs; output++) {
      for (int i = 0; i < scale.length; i++) {
        score[output * scale.length + i] = weight.getFloat(i, output) * scale[i];
      }
    }
    return score;
  }

  private static void write(HeadedNetwork network, String tensor, float[] values) {
    long offset = network.layout().entry(tensor).offset();
    network.parameters().write(offset, values, 0, values.length);
  }

  private static MultiLayerNetwork head(
      ProbeExamples examples, boolean biased, FineTuneSettings settings) {
    boolean classes = examples.classes();
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(settings.seed())
            .dataType(DataType.FLOAT)
            .updater(new Adam(settings.descent().learningRate()))
            .l2(settings.descent().weightDecay())
            .list()
            .layer(
                new OutputLayer.Builder(
                        classes
                            ? LossFunctions.LossFunction.MCXENT
                            : LossFunctions.LossFunction.MSE)
                    .nIn(examples.features()[0].length)
                    .nOut(examples.targets()[0].length)
                    .activation(classes ? Activation.SOFTMAX : Activation.IDENTITY)
                    .weightInit(WeightInit.ZERO)
                    .hasBias(biased)
                    .build())
            .build();
    MultiLayerNetwork head = new MultiLayerNetwork(configuration);
    head.init();
    return head;
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

  private static float[][] picked(float[][] rows, int[] batch) {
    return Arrays.stream(batch).mapToObj(row -> rows[row]).toArray(float[][]::new);
  }
}
