package io.headwater.finetune;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.checkpoint.UserException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * The labels of a task, by name; a label's number is its place.
 *
 * @param names in order: numbers by value, all else by the alphabet
 */
public record Labels(List<String> names) {
  /** Of a task without labels. */
  public static final Labels NONE = new Labels(List.of());

  private static final int MOST = 10_000;

  public Labels {
    names = List.copyOf(names);
  }

  /** The labels that occur in training data. */
  public static Labels of(Collection<String> occurring, String file) {
    List<String> names = new ArrayList<>(new LinkedHashSet<>(occurring));
    if (names.size() < 2) {
      throw new UserException(
          "Cannot train on "
              + file
              + ": its only label is '"
              + names.get(0)
              + "' (two are needed)");
    }
    if (names.size() > MOST) {
      throw new UserException(
          "Cannot train on "
              + file
              + ": it has "
              + names.size()
              + " different labels (is the label column right?)");
    }
    return sorted(names);
  }

  /** Puts different names in order. */
  public static Labels sorted(List<String> names) {
    boolean numbers = names.stream().allMatch(name -> name.matches("-?[0-9]{1,9}"));
    return new Labels(
        names.stream()
            .sorted(
                numbers ? Comparator.comparingInt(Integer::parseInt) : Comparator.naturalOrder())
            .toList());
  }

  /** The labels of a task model's {@code config.json}. */
  public static Labels of(JsonNode config, String directory) {
    JsonNode id2label = config.path("id2label");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < id2label.size(); i++) {
      names.add(id2label.path(Integer.toString(i)).asText());
    }
    if (names.size() < 2 || names.contains("")) {
      throw new UserException(
          "Cannot evaluate "
              + directory
              + ": it is not a task model (config.json names no labels in id2label)");
    }
    return new Labels(names);
  }

  public int size() {
    return names.size();
  }

  /**
   * Number of a label.
   *
   * @param place of the example, for messages
   * @throws UserException if the task does not have it
   */
  public int indexOf(String label, String place) {
    int index = names.indexOf(label);
    if (index < 0) {
      throw new UserException(
          "Cannot score on "
              + place
              + ": label '"
              + label
              + "' was not trained; the labels are "
              + names);
    }
    return index;
  }
}
