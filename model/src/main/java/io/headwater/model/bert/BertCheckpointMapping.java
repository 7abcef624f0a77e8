package io.headwater.model.bert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.Objective;
import io.headwater.model.head.Scorer;
import io.headwater.model.head.TaskHead;
import java.util.List;
import java.util.stream.Stream;

/**
 * Between our sizes and the names, keys and layout of Hugging Face's BERT.
 *
 * <p>Linear layers are (out, in). The decoder of the masked tokens is tied to the word embeddings
 * and not stored. Queries, keys and values of a layer stand one behind the other, so that they are
 * computed as one.
 */
final class BertCheckpointMapping {
  static final String WORDS = "bert.embeddings.word_embeddings.weight";
  static final String POSITIONS = "bert.embeddings.position_embeddings.weight";
  static final String SEGMENTS = "bert.embeddings.token_type_embeddings.weight";
  static final String EMBEDDING_NORM = "bert.embeddings.LayerNorm";
  static final String POOLER = "bert.pooler.dense";
  static final String TRANSFORM = "cls.predictions.transform.dense";
  static final String TRANSFORM_NORM = "cls.predictions.transform.LayerNorm";
  static final String DECODER_BIAS = "cls.predictions.bias";
  static final String NEXT_SENTENCE = "cls.seq_relationship";
  static final Scorer SUMMARY_SCORER = new Scorer("classifier", true);

  private static final String MODEL_TYPE = "bert";
  static final String OBJECTIVE = "headwater_objective"; // our own key

  private BertCheckpointMapping() {}

  static boolean reads(JsonNode config) {
    return MODEL_TYPE.equals(config.path("model_type").asText());
  }

  static BertConfig sizes(JsonNode config) {
    require(config, "hidden_act", "gelu");
    require(config, "position_embedding_type", "absolute");
    require(config, "is_decoder", "false");
    if (config.path("type_vocab_size").asInt(BertConfig.SEGMENTS) != BertConfig.SEGMENTS) {
      throw new UserException(
          "Cannot read a BERT with type_vocab_size "
              + config.path("type_vocab_size").asText()
              + ": must be 2");
    }
    return new BertConfig(
        integer(config, "vocab_size"),
        integer(config, "max_position_embeddings"),
        integer(config, "num_hidden_layers"),
        integer(config, "num_attention_heads"),
        integer(config, "hidden_size"),
        integer(config, "intermediate_size"),
        config.path("hidden_dropout_prob").asDouble(0.1),
        config.path("attention_probs_dropout_prob").asDouble(0.1),
        config.path("layer_norm_eps").asDouble(1e-12),
        objective(config));
  }

  /** Ours by its key; of another's checkpoint by its architecture. */
  static Objective objective(JsonNode config) {
    JsonNode own = config.path(OBJECTIVE);
    if (own.isTextual()) {
      return Objective.named(own.asText(), BertFamily.OBJECTIVES);
    }
    boolean maskedOnly = config.path("architectures").path(0).asText().equals("BertForMaskedLM");
    return maskedOnly ? Objective.MASKED_LM : Objective.MASKED_LM_NSP;
  }

  static ObjectNode pretrainingConfig(BertConfig sizes) {
    return config(
        sizes, sizes.objective().nextSentence() ? "BertForPreTraining" : "BertForMaskedLM");
  }

  static ObjectNode taskConfig(BertConfig sizes, TaskHead head) {
    return config(sizes, "Bert" + head.architecture());
  }

  static TensorLayout pretraining(BertConfig sizes) {
    int width = sizes.hiddenSize();
    TensorLayout.Builder layout = body(sizes);
    if (sizes.objective().nextSentence()) {
      linear(layout, POOLER, width, width);
    }
    layout.add(DECODER_BIAS, sizes.vocabularySize());
    linear(layout, TRANSFORM, width, width);
    norm(layout, TRANSFORM_NORM, width);
    if (sizes.objective().nextSentence()) {
      linear(layout, NEXT_SENTENCE, width, 2);
    }
    return layout.build();
  }

  static TensorLayout task(BertConfig sizes, TaskHead head) {
    int width = sizes.hiddenSize();
    TensorLayout.Builder layout = body(sizes);
    if (head.readsSummary()) {
      linear(layout, POOLER, width, width);
    }
    head.scorer(SUMMARY_SCORER).ifPresent(scorer -> scorer.addTo(layout, head.outputs(), width));
    return layout.build();
  }

  static String layer(int layer) {
    return "bert.encoder.layer." + layer;
  }

  /** Queries, keys and values. */
  static List<String> projections(String layer) {
    return Stream.of("query", "key", "value")
        .map(each -> layer + ".attention.self." + each)
        .toList();
  }

  private static TensorLayout.Builder body(BertConfig sizes) {
    int width = sizes.hiddenSize();
    TensorLayout.Builder layout = TensorLayout.builder();
    layout.add(WORDS, sizes.vocabularySize(), width);
    layout.add(POSITIONS, sizes.contextLength(), width);
    layout.add(SEGMENTS, BertConfig.SEGMENTS, width);
    norm(layout, EMBEDDING_NORM, width);
    for (int i = 0; i < sizes.layers(); i++) {
      String layer = layer(i);
      projections(layer).forEach(name -> layout.add(name + ".weight", width, width));
      projections(layer).forEach(name -> layout.add(name + ".bias", width));
      linear(layout, layer + ".attention.output.dense", width, width);
      norm(layout, layer + ".attention.output.LayerNorm", width);
      linear(layout, layer + ".intermediate.dense", width, sizes.intermediateSize());
      linear(layout, layer + ".output.dense", sizes.intermediateSize(), width);
      norm(layout, layer + ".output.LayerNorm", width);
    }
    return layout;
  }

  private static void norm(TensorLayout.Builder layout, String name, int width) {
    layout.add(name + ".weight", width).add(name + ".bias", width);
  }

  private static void linear(TensorLayout.Builder layout, String name, int in, int out) {
    layout.add(name + ".weight", out, in).add(name + ".bias", out);
  }

  private static ObjectNode config(BertConfig sizes, String architecture) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.putArray("architectures").add(architecture);
    config.put("model_type", MODEL_TYPE);
    config.put("vocab_size", sizes.vocabularySize());
    config.put("max_position_embeddings", sizes.contextLength());
    config.put("num_hidden_layers", sizes.layers());
    config.put("num_attention_heads", sizes.heads());
    config.put("hidden_size", sizes.hiddenSize());
    config.put("intermediate_size", sizes.intermediateSize());
    config.put("type_vocab_size", BertConfig.SEGMENTS);
    config.put("hidden_act", "gelu");
    config.put("hidden_dropout_prob", sizes.dropout());
    config.put("attention_probs_dropout_prob", sizes.attentionDropout());
    config.put("layer_norm_eps", sizes.layerNormEpsilon());
    config.put("initializer_range", BertInitialization.DEVIATION);
    config.put("position_embedding_type", "absolute");
    config.put("tie_word_embeddings", true);
    config.put("pad_token_id", 0);
    config.put("torch_dtype", "float32");
    config.put(OBJECTIVE, sizes.objective().toString());
    return config;
  }

  private static void require(JsonNode config, String key, String value) {
    String found = config.path(key).asText(value);
    if (!found.equals(value)) {
      throw new UserException(
          "Cannot read a BERT with " + key + " " + found + ": must be " + value);
    }
  }

  private static int integer(JsonNode config, String key) {
    JsonNode value = config.path(key);
    if (!value.isInt()) {
      throw new UserException(
          "Cannot read config.json of a BERT: "
              + key
              + " is "
              + (value.isMissingNode() ? "missing" : value)
              + ", must be a whole number");
    }
    return value.intValue();
  }
}
