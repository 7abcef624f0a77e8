package io.headwater.finetune.regress;

import io.headwater.finetune.CorrelationMeasures;
import io.headwater.finetune.EncodedTexts;
import io.headwater.finetune.ProbeExamples;
import io.headwater.finetune.Scores;
import io.headwater.finetune.TaskData;
import io.headwater.model.LabelledBatch;
import io.headwater.model.Target;
import io.headwater.model.head.HeadedNetwork;
import java.util.Map;

/**
 * Sequences and their values.
 *
 * @param values of each text
 */
record ValuedTexts(HeadedNetwork network, EncodedTexts texts, float[] values) implements TaskData {
  @Override
  public int size() {
    return texts.size();
  }

  @Override
  public int length(int row) {
    return texts.length(row);
  }

  @Override
  public int truncated() {
    return texts.truncated();
  }

  @Override
  public LabelledBatch batch(int[] rows, long seed) {
    float[] ofRows = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      ofRows[i] = values[rows[i]];
    }
    return new LabelledBatch(texts.batch(rows, seed), new Target.Values(ofRows));
  }

  /**
   * Correlations with the true values: {@code spearman}, of the ranks, and {@code pearson}; and
   * {@code mse}, the mean squared error.
   */
  @Override
  public Scores score() {
    float[][] outputs = texts.rows(network::outputs);
    double[] predicted = new double[values.length];
    double[] actual = new double[values.length];
    double squares = 0;
    for (int i = 0; i < values.length; i++) {
      predicted[i] = outputs[i][0];
      actual[i] = values[i];
      squares += (predicted[i] - actual[i]) * (predicted[i] - actual[i]);
    }
    Map<String, Double> measures = CorrelationMeasures.of("", actual, predicted);
    measures.put("mse", squares / values.length);
    return new Scores(values.length, measures);
  }

  @Override
  public ProbeExamples probed() {
    float[][] targets = new float[values.length][];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = new float[] {values[i]};
    }
    return new ProbeExamples(network, texts.rows(network::features), targets, false);
  }
}
