package io.headwater.finetune;

import java.util.List;

/**
 * Labelled texts as they stand in a file, for classifiers that are not networks of {@code
 * io.headwater.model}.
 *
 * @param labels the task's, in the order of their numbers
 * @param texts in the order of the file
 * @param truth number of each text's label
 */
public record LabelledTexts(List<String> labels, List<String> texts, int[] truth) {
  /**
   * Reads texts to train on.
   *
   * @param perClass examples of each label, drawn by the seed; 0 takes all
   * @throws io.headwater.checkpoint.UserException naming what is wrong
   */
  public static LabelledTexts training(String file, Columns columns, int perClass, long seed) {
    List<LabelledExample> all = LabelledFile.read(file, columns);
    Labels labels = Labels.of(all, file);
    return of(FewShot.draw(all, labels, perClass, seed, file), labels, file);
  }

  /**
   * Reads texts to score on.
   *
   * @param names of the labels, in any order
   * @throws io.headwater.checkpoint.UserException naming what is wrong, such as another label
   */
  public static LabelledTexts held(String file, Columns columns, List<String> names) {
    return of(LabelledFile.read(file, columns), Labels.sorted(names), file);
  }

  private static LabelledTexts of(List<LabelledExample> examples, Labels labels, String file) {
    return new LabelledTexts(
        labels.names(),
        examples.stream().map(LabelledExample::text).toList(),
        examples.stream().mapToInt(example -> labels.indexOf(example, file)).toArray());
  }

  /**
   * Scores answers.
   *
   * @param logits (texts, labels)
   */
  public Scores score(float[][] logits) {
    return Scoring.of(new Labels(labels), truth, logits);
  }
}
