package io.headwater.finetune.classify;

import io.headwater.finetune.ClassWeights;
import io.headwater.finetune.EncodedTexts;
import io.headwater.finetune.Labels;
import io.headwater.finetune.ProbeExamples;
import io.headwater.finetune.Scores;
import io.headwater.finetune.TaskData;
import io.headwater.model.LabelledBatch;
import io.headwater.model.Target;
import io.headwater.model.head.HeadedNetwork;
import java.util.Arrays;

/**
 * Sequences and their classes.
 *
 * @param classes number of each text's label
 * @param weights of the labels in the loss; empty if all count the same
 */
record ClassifiedTexts(
    HeadedNetwork network, Labels labels, EncodedTexts texts, int[] classes, float[] weights)
    implements TaskData {
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
    int[] ofRows = Arrays.stream(rows).map(row -> classes[row]).toArray();
    float[] weightsOfRows = new float[weights.length == 0 ? 0 : rows.length];
    for (int i = 0; i < weightsOfRows.length; i++) {
      weightsOfRows[i] = weights[ofRows[i]];
    }
    return new LabelledBatch(texts.batch(rows, seed), new Target.Classes(ofRows, weightsOfRows));
  }

  @Override
  public Scores score() {
    return ClassScores.of(labels, classes, texts.rows(network::outputs));
  }

  @Override
  public TaskData weighted(ClassWeights byClass) {
    return new ClassifiedTexts(network, labels, texts, classes, byClass.ofLabels(labels, classes));
  }

  @Override
  public ProbeExamples probed() {
    return ProbeExamples.ofClasses(network, texts.rows(network::features), classes);
  }
}
