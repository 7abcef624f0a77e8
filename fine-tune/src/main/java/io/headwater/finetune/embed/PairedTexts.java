package io.headwater.finetune.embed;

import io.headwater.finetune.CorrelationMeasures;
import io.headwater.finetune.EncodedTexts;
import io.headwater.finetune.LabelledExample;
import io.headwater.finetune.Scores;
import io.headwater.finetune.TaskData;
import io.headwater.model.LabelledBatch;
import io.headwater.model.Target;
import io.headwater.model.head.HeadedNetwork;
import java.util.List;

/**
 * Pairs of sequences.
 *
 * @param texts sequences 2i and 2i + 1 are those of pair i
 */
record PairedTexts(
    HeadedNetwork network, EncodedTexts texts, List<LabelledExample> pairs, String file)
    implements TaskData {
  @Override
  public int size() {
    return pairs.size();
  }

  @Override
  public int length(int row) {
    return Math.max(texts.length(2 * row), texts.length(2 * row + 1));
  }

  @Override
  public int truncated() {
    return texts.truncated();
  }

  @Override
  public LabelledBatch batch(int[] rows, long seed) {
    int[] sequences = new int[2 * rows.length];
    for (int i = 0; i < rows.length; i++) {
      sequences[2 * i] = 2 * rows[i];
      sequences[2 * i + 1] = 2 * rows[i] + 1;
    }
    return new LabelledBatch(texts.batch(sequences, seed), new Target.Pairs());
  }

  /**
   * Correlations of the pairs' cosines with their labels: {@code cosine_spearman}, of the ranks,
   * and {@code cosine_pearson}.
   */
  @Override
  public Scores score() {
    float[][] vectors = texts.rows(network::outputs);
    double[] cosines = new double[pairs.size()];
    double[] judged = new double[pairs.size()];
    for (int i = 0; i < cosines.length; i++) {
      cosines[i] = cosine(vectors[2 * i], vectors[2 * i + 1]);
      judged[i] = pairs.get(i).number(file);
    }
    return new Scores(pairs.size(), CorrelationMeasures.of("cosine_", judged, cosines));
  }

  private static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }
}
