package io.headwater.model.bert;

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

/** The BERT family. */
public final class BertFamily implements ModelFamily {
  static final List<Objective> OBJECTIVES =
      List.of(
          Objective.MASKED_LM_NSP,
          Objective.MASKED_LM,
          Objective.WHOLE_WORD_MASKED_LM_NSP,
          Objective.WHOLE_WORD_MASKED_LM);

  @Override
  public String name() {
    return "bert";
  }

  @Override
  public List<String> presets() {
    return List.copyOf(BertPresets.ALL.keySet());
  }

  @Override
  public List<Objective> objectives() {
    return OBJECTIVES;
  }

  @Override
  public ObjectNode config(String preset, Objective objective, int vocabularySize) {
    return BertCheckpointMapping.pretrainingConfig(
        preset(preset).config(vocabularySize, objective));
  }

  @Override
  public ObjectNode pretrainingConfig(JsonNode config, Objective objective) {
    ObjectNode other = config.deepCopy();
    other.put(BertCheckpointMapping.OBJECTIVE, objective.toString());
    return BertCheckpointMapping.pretrainingConfig(BertCheckpointMapping.sizes(other));
  }

  @Override
  public List<String> dropoutKeys() {
    return List.of("hidden_dropout_prob", "attention_probs_dropout_prob");
  }

  @Override
  public TrainingDefaults trainingDefaults(String preset) {
    return preset(preset).training();
  }

  @Override
  public Objective objective(JsonNode config) {
    return BertCheckpointMapping.objective(config);
  }

  @Override
  public boolean reads(JsonNode config) {
    return BertCheckpointMapping.reads(config);
  }

  @Override
  public int contextLength(JsonNode config) {
    return BertCheckpointMapping.sizes(config).contextLength();
  }

  @Override
  public Pretrainable pretrainable(JsonNode config, Execution execution) {
    return new BertModel(BertCheckpointMapping.sizes(config), execution);
  }

  @Override
  public LanguageModel languageModel(JsonNode config, Execution execution) {
    throw new UserException(
        "Cannot predict the next token with a BERT: it predicts masked ones; a GPT can");
  }

  @Override
  public HeadedNetwork headed(JsonNode config, TaskHead head, Execution execution) {
    return BertTaskBody.network(BertCheckpointMapping.sizes(config), head, execution);
  }

  @Override
  public PublishedModel published(PublishedSource source) {
    return PublishedBert.of(source);
  }

  private static BertPresets.Preset preset(String name) {
    BertPresets.Preset preset = BertPresets.ALL.get(name);
    if (preset == null) {
      throw new UserException(
          "Cannot find BERT preset " + name + ": the presets are " + BertPresets.ALL.keySet());
    }
    return preset;
  }
}
