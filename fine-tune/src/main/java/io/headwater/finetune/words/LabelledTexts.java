package io.headwater.finetune.words;

import io.headwater.finetune.Columns;
import io.headwater.finetune.Draw;
import io.headwater.finetune.FineTuneSettings;
import io.headwater.finetune.LabelledExample;
import io.headwater.finetune.LabelledFile;
import io.headwater.finetune.Labels;
import io.headwater.finetune.Scores;
import io.headwater.finetune.classify.ClassScores;
import java.util.List;
import java.util.Optional;

/**
 * Labelled texts as they stand in a file.
 *
 * @param labels the task's, in the order of their numbers
 * @param texts in the order of the file
 * @param truth number of each text's label
 */
record LabelledTexts(List<String> labels, List<String> texts, int[] truth) {
  /**
   * Reads texts to train on.
   *
   * @param perClass examples of each label, drawn by the seed; 0 takes all
   * @throws io.headwater.checkpoint.UserException naming what is wrong
   */
  static LabelledTexts training(String file, Columns columns, int perClass, long seed) {
    List<LabelledExample> all = LabelledFile.read(file, columns);
    Labels labels = Labels.of(all.stream().map(LabelledExample::label).toList(), file);
    FineTuneSettings.Selection drawn = FineTuneSettings.Selection.ALL.withTrainPerClass(perClass);
    return of(
        Draw.of(all, example -> Optional.of(example.label()), drawn, seed, file), labels, file);
  }

  /**
   * Reads texts to score on.
   *
   * @param names of the labels, in any order
   * @throws io.headwater.checkpoint.UserException naming what is wrong, such as another label
   */
  static LabelledTexts held(String file, Columns columns, List<String> names) {
    return of(LabelledFile.read(file, columns), Labels.sorted(names), file);
  }

  private static LabelledTexts of(List<LabelledExample> examples, Labels labels, String file) {
    return new LabelledTexts(
        labels.names(),
        examples.stream().map(LabelledExample::text).toList(),
        examples.stream()
            .mapToInt(example -> labels.indexOf(example.label(), example.place(file)))
            .toArray());
  }

  /**
   * Scores answers.
   *
   * @param logits (texts, labels)
   */
  Scores score(float[][] logits) {
    return ClassScores.of(new Labels(labels), truth, logits);
  }
}
