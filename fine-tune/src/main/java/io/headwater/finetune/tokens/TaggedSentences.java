package io.headwater.finetune.tokens;

import io.headwater.finetune.ClassWeights;
import io.headwater.finetune.EncodedTexts;
import io.headwater.finetune.Labels;
import io.headwater.finetune.ProbeExamples;
import io.headwater.finetune.Scores;
import io.headwater.finetune.TaskData;
import io.headwater.model.LabelledBatch;
import io.headwater.model.Target;
import io.headwater.model.TextBatch;
import io.headwater.model.TokenBatch;
import io.headwater.model.head.HeadedNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sequences of words and their tags.
 *
 * @param weights of the tags in the loss; empty if all count the same
 */
record TaggedSentences(
    HeadedNetwork network, Labels labels, EncodedTexts texts, List<Words> words, float[] weights)
    implements TaskData {
  /**
   * The words of a sentence.
   *
   * @param places in the sequence; {@link WordEncoder#NOWHERE} if it is not there
   * @param tags numbers of their labels
   */
  record Words(int[] places, int[] tags) {}

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
    TextBatch batch = texts.batch(rows, seed);
    int[] classes = new int[batch.inputs().length];
    Arrays.fill(classes, TokenBatch.IGNORED);
    for (int row = 0; row < rows.length; row++) {
      Words ofRow = words.get(rows[row]);
      for (int i = 0; i < ofRow.places.length; i++) {
        if (ofRow.places[i] != WordEncoder.NOWHERE) {
          classes[row * batch.length() + ofRow.places[i]] = ofRow.tags[i];
        }
      }
    }
    return new LabelledBatch(batch, new Target.Classes(classes, weights(classes)));
  }

  private float[] weights(int[] classes) {
    float[] ofPlaces = new float[weights.length == 0 ? 0 : classes.length];
    for (int i = 0; i < ofPlaces.length; i++) {
      ofPlaces[i] = classes[i] == TokenBatch.IGNORED ? 0 : weights[classes[i]];
    }
    return ofPlaces;
  }

  /** Words that were cut off count as outside of any entity. */
  @Override
  public Scores score() {
    int[][] best = new int[size()][];
    texts.inBatches(
        (rows, batch) -> {
          float[] scores = network.outputs(batch);
          for (int row = 0; row < rows.length; row++) {
            int first = row * batch.length();
            best[rows[row]] =
                Arrays.stream(words.get(rows[row]).places)
                    .map(place -> place < 0 ? place : best(scores, first + place))
                    .toArray();
          }
        });
    EntityScores scores = new EntityScores();
    for (int row = 0; row < best.length; row++) {
      scores.add(names(words.get(row).tags), names(best[row]));
    }
    return scores.scores();
  }

  private List<String> names(int[] tags) {
    return Arrays.stream(tags)
        .mapToObj(tag -> tag < 0 ? BioTag.OUTSIDE : labels.names().get(tag))
        .toList();
  }

  private int best(float[] scores, int place) {
    int best = 0;
    for (int label = 1; label < labels.size(); label++) {
      if (scores[place * labels.size() + label] > scores[place * labels.size() + best]) {
        best = label;
      }
    }
    return best;
  }

  @Override
  public TaskData weighted(ClassWeights byClass) {
    int[] all = words.stream().flatMapToInt(each -> Arrays.stream(each.tags)).toArray();
    return new TaggedSentences(network, labels, texts, words, byClass.ofLabels(labels, all));
  }

  @Override
  public ProbeExamples probed() {
    List<float[]> features = new ArrayList<>();
    List<Integer> tags = new ArrayList<>();
    int width = network.featureWidth();
    texts.inBatches(
        (rows, batch) -> {
          float[] states = network.features(batch);
          for (int row = 0; row < rows.length; row++) {
            Words ofRow = words.get(rows[row]);
            for (int i = 0; i < ofRow.places.length; i++) {
              if (ofRow.places[i] != WordEncoder.NOWHERE) {
                int from = (row * batch.length() + ofRow.places[i]) * width;
                features.add(Arrays.copyOfRange(states, from, from + width));
                tags.add(ofRow.tags[i]);
              }
            }
          }
        });
    return ProbeExamples.ofClasses(
        network,
        features.toArray(float[][]::new),
        IntStream.range(0, tags.size()).map(tags::get).toArray());
  }
}
