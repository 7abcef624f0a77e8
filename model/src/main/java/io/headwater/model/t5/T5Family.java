package io.headwater.model.t5;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import io.headwater.model.LanguageModel;
import io.headwater.model.ModelFamily;
import io.headwater.model.Objective;
import io.headwater.model.Pretrainable;
import io.headwater.model.PublishedModel;
import io.headwater.model.PublishedSource;
import io.headwater.model.TrainingDefaults;
import io.headwater.model.head.HeadedNetwork;
import io.headwater.model.head.TaskHead;
import java.util.List;

/** The T5 family. */
public final class T5Family implements ModelFamily {
  @Override
  public String name() {
    return "t5";
  }

  @Override
  public List<String> presets() {
    return List.copyOf(T5Presets.ALL.keySet());
  }

  @Override
  public List<Objective> objectives() {
    return List.of(Objective.SPAN_CORRUPTION);
  }

  /** The vocabulary is the tokenizer's and, behind it, the tokens that only the model knows. */
  @Override
  public ObjectNode config(String preset, Objective objective, int vocabularySize) {
    return T5CheckpointMapping.config(preset(preset).config(SpanTokens.behind(vocabularySize)));
  }

  @Override
  public ObjectNode pretrainingConfig(JsonNode config, Objective objective) {
    return T5CheckpointMapping.config(T5CheckpointMapping.sizes(config));
  }

  @Override
  public List<String> dropoutKeys() {
    return List.of("dropout_rate");
  }

  @Override
  public TrainingDefaults trainingDefaults(String preset) {
    return preset(preset).training();
  }

  @Override
  public Objective objective(JsonNode config) {
    return Objective.SPAN_CORRUPTION;
  }

  @Override
  public boolean reads(JsonNode config) {
    return T5CheckpointMapping.reads(config);
  }

  @Override
  public int contextLength(JsonNode config) {
    return T5CheckpointMapping.sizes(config).contextLength();
  }

  @Override
  public Pretrainable pretrainable(JsonNode config, Execution execution) {
    return languageModel(config, execution);
  }

  @Override
  public LanguageModel languageModel(JsonNode config, Execution execution) {
    return new T5Model(T5CheckpointMapping.sizes(config), execution);
  }

  @Override
  public HeadedNetwork headed(JsonNode config, TaskHead head, Execution execution) {
    throw new UserException(
        "Cannot put a head on a T5: it answers in text; a BERT or a GPT takes one");
  }

  @Override
  public PublishedModel published(PublishedSource source) {
    return PublishedT5.of(source);
  }

  private static T5Presets.Preset preset(String name) {
    T5Presets.Preset preset = T5Presets.ALL.get(name);
    if (preset == null) {
      throw new UserException(
          "Cannot find T5 preset " + name + ": the presets are " + T5Presets.ALL.keySet());
    }
    return preset;
  }
}
