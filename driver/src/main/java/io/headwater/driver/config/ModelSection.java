package io.headwater.driver.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Storage;
import io.headwater.checkpoint.UserException;
import io.headwater.model.ModelFamily;
import io.headwater.model.Objective;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Which network.
 *
 * @param preset sizes and published training setting
 * @param objective what it is pretrained on
 * @param dropout rate of all dropouts; empty leaves them as the preset or the checkpoint has them
 * @param from checkpoint whose sizes and weights the run begins with; empty draws weights of the
 *     preset's sizes
 */
public record ModelSection(
    @Setting(
            value = "preset: sizes of the network, and defaults of its training",
            derived =
                "(must be given); with `model.from` that of the nearest size, for its defaults")
        String preset,
    @Setting(
            value = "what it is pretrained on",
            derived = "the usual one of the preset; with `model.from` that of the checkpoint")
        String objective,
    @Setting(
            value =
                "rate of all dropouts of the network, in [0, 1); empty leaves them as the preset or"
                    + " the checkpoint has them",
            defaultValue = "")
        String dropout,
    @Setting(
            value = "checkpoint whose sizes and weights the run begins with; empty draws weights",
            defaultValue = "")
        String from) {
  public ModelSection {
    Check.text("model.preset", preset);
    Objective.named(objective, ModelFamily.ofPreset(preset).objectives());
    boolean rate = dropout.isEmpty() || dropout.matches("0|0?\\.\\d+");
    Check.that("model.dropout", dropout, rate, "a number in [0, 1)");
  }

  /** The family that makes the model. */
  public ModelFamily family() {
    return ModelFamily.ofPreset(preset);
  }

  /** Names of the losses whose sum is learnt from. */
  public List<String> lossNames() {
    return Objective.named(objective, family().objectives()).parts();
  }

  /** Whether the first weights are those of a checkpoint. */
  public boolean isGiven() {
    return !from.isEmpty();
  }

  /**
   * The model's {@code config.json}.
   *
   * @param vocabularySize of the corpus; a checkpoint's model has its own
   * @throws UserException if the checkpoint cannot be read or is of another family
   */
  public ObjectNode json(int vocabularySize) {
    ObjectNode config = own(vocabularySize);
    return dropout.isEmpty() ? config : family().withDropout(config, Double.parseDouble(dropout));
  }

  private ObjectNode own(int vocabularySize) {
    ModelFamily family = family();
    Objective wanted = Objective.named(objective, family.objectives());
    if (!isGiven()) {
      return family.config(preset, wanted, vocabularySize);
    }
    JsonNode theirs = config(from);
    if (!family.reads(theirs)) {
      throw new UserException(
          "Cannot begin with "
              + from
              + ": it is a "
              + theirs.path("model_type").asText("(no model_type)")
              + ", model.preset is "
              + preset);
    }
    return family.pretrainingConfig(theirs, wanted);
  }

  /** The {@code config.json} of a checkpoint. */
  static JsonNode config(String checkpoint) {
    String file = checkpoint.replaceAll("/+$", "") + "/config.json";
    try (InputStream in = Storage.read(file)) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UserException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
