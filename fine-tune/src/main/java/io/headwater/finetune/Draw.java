package io.headwater.finetune;

import io.headwater.checkpoint.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;

/** Draws a part of the training examples. */
public final class Draw {
  private Draw() {}

  /**
   * Draws as many of each class, or a share of all (of each class where there are classes, at least
   * one example each).
   *
   * @param stratum class of an example
   * @return in the order of the file
   * @throws UserException if a class has fewer, or there are no classes to draw so many of each
   */
  public static <E> List<E> of(
      List<E> examples,
      Function<E, Optional<String>> stratum,
      FineTuneSettings.Selection selection,
      long seed,
      String file) {
    if (selection.trainPerClass() == 0 && selection.trainShare() == 1) {
      return examples;
    }
    Map<String, List<Integer>> byClass = new TreeMap<>();
    for (int i : BatchOrder.permutation(examples.size(), new SplittableRandom(seed))) {
      byClass
          .computeIfAbsent(stratum.apply(examples.get(i)).orElse(""), name -> new ArrayList<>())
          .add(i);
    }
    boolean[] chosen = new boolean[examples.size()];
    byClass.forEach(
        (name, members) ->
            members
                .subList(0, wanted(name, members.size(), selection, file))
                .forEach(i -> chosen[i] = true));
    List<E> drawn = new ArrayList<>();
    for (int i = 0; i < chosen.length; i++) {
      if (chosen[i]) {
        drawn.add(examples.get(i));
      }
    }
    return drawn;
  }

  private static int wanted(
      String name, int there, FineTuneSettings.Selection selection, String file) {
    if (selection.trainPerClass() == 0) {
      return Math.max(1, (int) Math.round(selection.trainShare() * there));
    }
    if (name.isEmpty()) {
      throw new UserException(
          "Cannot draw "
              + selection.trainPerClass()
              + " examples of each label from "
              + file
              + ": the task has no labels of whole examples (--train-share draws a part of all)");
    }
    if (there < selection.trainPerClass()) {
      throw new UserException(
          "Cannot draw "
              + selection.trainPerClass()
              + " examples of each label from "
              + file
              + ": label '"
              + name
              + "' has "
              + there);
    }
    return selection.trainPerClass();
  }
}
