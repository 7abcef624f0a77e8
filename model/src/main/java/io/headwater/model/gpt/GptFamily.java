package io.headwater.model.gpt;

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

/** The GPT family. */
public final class GptFamily implements ModelFamily {
  static final List<Objective> OBJECTIVES =
      List.of(Objective.CAUSAL_LM, Objective.CAUSAL_LM_WITHIN_DOCUMENTS);

  @Override
  public String name() {
    return "gpt";
  }

  @Override
  public List<String> presets() {
    return List.copyOf(GptPresets.ALL.keySet());
  }

  @Override
  public List<Objective> objectives() {
    return OBJECTIVES;
  }

  @Override
  public ObjectNode config(String preset, Objective objective, int vocabularySize) {
    return GptCheckpointMapping.languageModelConfig(
        preset(preset).config(vocabularySize).withObjective(objective));
  }

  @Override
  public ObjectNode pretrainingConfig(JsonNode config, Objective objective) {
    return GptCheckpointMapping.languageModelConfig(
        GptCheckpointMapping.sizes(config).withObjective(objective));
  }

  @Override
  public List<String> dropoutKeys() {
    return GptCheckpointMapping.DROPOUTS;
  }

  @Override
  public TrainingDefaults trainingDefaults(String preset) {
    return preset(preset).training();
  }

  @Override
  public Objective objective(JsonNode config) {
    return GptCheckpointMapping.sizes(config).objective();
  }

  @Override
  public boolean reads(JsonNode config) {
    return GptCheckpointMapping.reads(config);
  }

  @Override
  public int contextLength(JsonNode config) {
    return GptCheckpointMapping.sizes(config).contextLength();
  }

  @Override
  public Pretrainable pretrainable(JsonNode config, Execution execution) {
    return languageModel(config, execution);
  }

  @Override
  public LanguageModel languageModel(JsonNode config, Execution execution) {
    return new GptModel(GptCheckpointMapping.sizes(config), execution);
  }

  @Override
  public HeadedNetwork headed(JsonNode config, TaskHead head, Execution execution) {
    return GptTaskBody.network(GptCheckpointMapping.sizes(config), head, execution);
  }

  @Override
  public PublishedModel published(PublishedSource source) {
    return PublishedGpt.of(source);
  }

  private static GptPresets.Preset preset(String name) {
    GptPresets.Preset preset = GptPresets.ALL.get(name);
    if (preset == null) {
      throw new UserException(
          "Cannot find GPT preset " + name + ": the presets are " + GptPresets.ALL.keySet());
    }
    return preset;
  }
}
