package io.headwater.finetune;

import io.headwater.checkpoint.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Draws a few examples of each label. */
final class FewShot {
  private FewShot() {}

  /**
   * @param perClass examples of each label; 0 takes all
   * @return in the order of the file
   * @throws UserException if a label has fewer
   */
  static List<LabelledExample> draw(
      List<LabelledExample> examples, Labels labels, int perClass, long seed, String file) {
    if (perClass == 0) {
      return examples;
    }
    List<LabelledExample> drawn = new ArrayList<>();
    int[] taken = new int[labels.size()];
    boolean[] chosen = new boolean[examples.size()];
    for (int i : BatchOrder.permutation(examples.size(), new SplittableRandom(seed))) {
      int label = labels.indexOf(examples.get(i), file);
      if (taken[label] < perClass) {
        taken[label]++;
        chosen[i] = true;
      }
    }
    for (int label = 0; label < taken.length; label++) {
      if (taken[label] < perClass) {
        throw new UserException(
            "Cannot draw "
                + perClass
                + " examples of each label from "
                + file
                + ": label '"
                + labels.names().get(label)
                + "' has "
                + taken[label]);
      }
    }
    for (int i = 0; i < chosen.length; i++) {
      if (chosen[i]) {
        drawn.add(examples.get(i));
      }
    }
    return drawn;
  }
}
