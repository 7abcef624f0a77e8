package io.headwater.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.bert.BertFamily;
import io.headwater.model.gpt.GptFamily;
import io.headwater.model.head.HeadedNetwork;
import io.headwater.model.head.TaskHead;
import io.headwater.model.t5.T5Family;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** A kind of model: makes one from a preset's sizes or from a checkpoint's {@code config.json}. */
public interface ModelFamily {
  /** All families. */
  List<ModelFamily> ALL = List.of(new GptFamily(), new BertFamily(), new T5Family());

  /** The name used in run files, for example {@code gpt}. */
  String name();

  List<String> presets();

  /** What models of this family can be pretrained on; the first is the usual one. */
  List<Objective> objectives();

  /**
   * The {@code config.json} of a preset.
   *
   * @param objective one of {@link #objectives()}
   * @param vocabularySize tokens of the corpus's tokenizer
   */
  ObjectNode config(String preset, Objective objective, int vocabularySize);

  /** The {@code config.json} of a preset with the family's usual objective. */
  default ObjectNode config(String preset, int vocabularySize) {
    return config(preset, objectives().get(0), vocabularySize);
  }

  /**
   * The {@code config.json} with which a model of this family goes on being pretrained: the same
   * sizes, whatever head it has now.
   *
   * @param objective one of {@link #objectives()}
   */
  ObjectNode pretrainingConfig(JsonNode config, Objective objective);

  /** The keys of a {@code config.json} that hold a rate of dropout. */
  List<String> dropoutKeys();

  /** The {@code config.json} of the same model with one rate of dropout everywhere. */
  default ObjectNode withDropout(JsonNode config, double rate) {
    ObjectNode other = config.deepCopy();
    dropoutKeys().forEach(key -> other.put(key, rate));
    return other;
  }

  /** The tensors of a model with this {@code config.json}. */
  default TensorLayout layout(JsonNode config) {
    return published(new PublishedSource(config, Map.of(), Map.of())).layout();
  }

  /** The preset whose number of parameters is nearest to that of a model, as a ratio. */
  default String nearestPreset(JsonNode config) {
    double wanted = Math.log(layout(config).elements());
    int vocabulary = config.path("vocab_size").asInt();
    return presets().stream()
        .min(
            Comparator.comparingDouble(
                preset ->
                    Math.abs(Math.log(layout(config(preset, vocabulary)).elements()) - wanted)))
        .orElseThrow();
  }

  /** What a model with this {@code config.json} is pretrained on. */
  Objective objective(JsonNode config);

  TrainingDefaults trainingDefaults(String preset);

  /** Whether a {@code config.json} is of this family. */
  boolean reads(JsonNode config);

  /** Longest sequence of a model with this {@code config.json}, in tokens. */
  int contextLength(JsonNode config);

  Pretrainable pretrainable(JsonNode config, Execution execution);

  /**
   * A model that writes text.
   *
   * @throws UserException if the family has none
   */
  LanguageModel languageModel(JsonNode config, Execution execution);

  /**
   * This family's body with a head.
   *
   * @param config {@code config.json} of a pretrained model or of a headed one of the family
   * @throws UserException if the family takes no heads
   */
  HeadedNetwork headed(JsonNode config, TaskHead head, Execution execution);

  /**
   * The model that takes the weights of a folder which Hugging Face's libraries wrote.
   *
   * @throws UserException if it is not one that this family can compute
   */
  PublishedModel published(PublishedSource source);

  /** The family that has a preset. */
  static ModelFamily ofPreset(String preset) {
    return ALL.stream()
        .filter(family -> family.presets().contains(preset))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "Cannot find model "
                        + preset
                        + ": the presets are "
                        + ALL.stream().flatMap(family -> family.presets().stream()).toList()));
  }

  /** The family of a checkpoint. */
  static ModelFamily of(JsonNode config) {
    return ALL.stream()
        .filter(family -> family.reads(config))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "Cannot read a model of type "
                        + config.path("model_type").asText("(none)")
                        + ": the families are "
                        + ALL.stream().map(ModelFamily::name).toList()));
  }
}
