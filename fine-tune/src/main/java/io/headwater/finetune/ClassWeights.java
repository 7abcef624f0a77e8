package io.headwater.finetune;

import io.headwater.checkpoint.UserException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much the examples of each class count in the loss.
 *
 * @param byLabel weights of labels; what is not named counts 1
 * @param balanced every label counts the same in all: N / (C n_c), as scikit-learn's {@code
 *     balanced}
 */
public record ClassWeights(Map<String, Float> byLabel, boolean balanced) {
  /** All examples count the same. */
  public static final ClassWeights NONE = new ClassWeights(Map.of(), false);

  public ClassWeights {
    byLabel = Map.copyOf(byLabel);
    byLabel.forEach(
        (label, weight) -> {
          if (!(weight > 0 && weight <= 1e6f)) {
            throw new UserException(
                "Cannot weigh label '" + label + "' by " + weight + " (must be in (0, 1000000])");
          }
        });
  }

  /** {@code balanced}, or {@code label=weight,label=weight}. */
  public static ClassWeights parse(String text) {
    if (text.equals("balanced")) {
      return new ClassWeights(Map.of(), true);
    }
    Map<String, Float> weights = new LinkedHashMap<>();
    for (String part : text.split(",")) {
      int equals = part.lastIndexOf('=');
      try {
        weights.put(part.substring(0, equals), Float.parseFloat(part.substring(equals + 1)));
      } catch (IndexOutOfBoundsException | NumberFormatException e) {
        throw new UserException(
            "Cannot read class weights '"
                + text
                + "': must be balanced, or label=weight,label=weight",
            e);
      }
    }
    return new ClassWeights(weights, false);
  }

  public boolean isNone() {
    return !balanced && byLabel.isEmpty();
  }

  /**
   * A weight for each label.
   *
   * @param classes numbers of all examples' labels
   */
  public float[] ofLabels(Labels labels, int[] classes) {
    byLabel.keySet().stream()
        .filter(label -> !labels.names().contains(label))
        .findFirst()
        .ifPresent(
            label -> {
              throw new UserException(
                  "Cannot weigh label '" + label + "': the labels are " + labels.names());
            });
    return balanced ? balance(labels.size(), classes) : named(labels);
  }

  private float[] named(Labels labels) {
    float[] weights = new float[labels.size()];
    for (int label = 0; label < weights.length; label++) {
      weights[label] = byLabel.getOrDefault(labels.names().get(label), 1f);
    }
    return weights;
  }

  private static float[] balance(int labels, int[] classes) {
    int[] counts = new int[labels];
    for (int each : classes) {
      counts[each]++;
    }
    float[] weights = new float[labels];
    for (int label = 0; label < labels; label++) {
      weights[label] =
          counts[label] == 0 ? 0 : (float) classes.length / ((float) labels * counts[label]);
    }
    return weights;
  }
}
