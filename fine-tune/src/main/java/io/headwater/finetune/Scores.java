package io.headwater.finetune;

import java.util.List;
import java.util.OptionalDouble;

/**
 * How well a classifier does on a labelled file.
 *
 * @param examples number of texts
 * @param labels names, in the order of the confusion matrix
 * @param accuracy part of the texts whose most probable label is the true one
 * @param macroF1 mean of the F1 of each label that occurs among the true ones
 * @param positiveF1 with two labels, the F1 of the second, taken as the positive one
 * @param auc area under the ROC curve: of the second label when there are two, else the mean of one
 *     label against the rest; empty where the file holds a single label
 * @param confusion {@code confusion.get(t).get(p)} counts texts of true label t that were given p
 */
public record Scores(
    int examples,
    List<String> labels,
    double accuracy,
    double macroF1,
    OptionalDouble positiveF1,
    OptionalDouble auc,
    List<List<Integer>> confusion) {
  public Scores {
    labels = List.copyOf(labels);
    confusion = confusion.stream().map(List::copyOf).toList();
  }
}
