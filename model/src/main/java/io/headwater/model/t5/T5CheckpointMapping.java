package io.headwater.model.t5;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.LinearLayers;
import java.util.List;

/**
 * Between our sizes and the names, keys and layout of Hugging Face's T5. Linear layers are (out,
 * in) and have no bias; the output layer is tied to {@code shared.weight} and not stored.
 */
final class T5CheckpointMapping {
  static final String TOKENS = "shared.weight";
  static final String ENCODER = "encoder";
  static final String DECODER = "decoder";
  static final String NORM = ".layer_norm";
  static final String FINAL_NORM = ".final_layer_norm";
  static final String SELF_ATTENTION = ".SelfAttention";
  static final String CROSS_ATTENTION = ".EncDecAttention";
  static final String FEED_FORWARD = ".DenseReluDense";
  static final String POSITIONS = ".relative_attention_bias.weight";

  private static final String MODEL_TYPE = "t5";
  static final String FIRST_SENTINEL = "headwater_first_sentinel"; // our own key
  private static final int PUBLISHED_VOCABULARY = 32_128; // 32,100 tokens, padded
  private static final int PUBLISHED_FIRST_SENTINEL = 32_099;

  private T5CheckpointMapping() {}

  static boolean reads(JsonNode config) {
    return MODEL_TYPE.equals(config.path("model_type").asText());
  }

  static T5Config sizes(JsonNode config) {
    String activation = config.path("feed_forward_proj").asText("relu");
    if (!activation.equals("relu")) {
      throw new UserException(
          "Cannot read a T5 with feed_forward_proj " + activation + ": must be relu");
    }
    if (!config.path("tie_word_embeddings").asBoolean(true)) {
      throw new UserException(
          "Cannot read a T5 with tie_word_embeddings false: its output layer must be tied");
    }
    int layers = integer(config, "num_layers");
    return new T5Config(
        tokens(config),
        config.path("n_positions").asInt(512),
        layers,
        config.path("num_decoder_layers").asInt(layers),
        integer(config, "num_heads"),
        integer(config, "d_kv"),
        integer(config, "d_model"),
        integer(config, "d_ff"),
        integer(config, "relative_attention_num_buckets"),
        config.path("relative_attention_max_distance").asInt(128),
        config.path("dropout_rate").asDouble(0.1),
        config.path("layer_norm_epsilon").asDouble(1e-6));
  }

  private static SpanTokens tokens(JsonNode config) {
    int size = integer(config, "vocab_size");
    int last = size == PUBLISHED_VOCABULARY ? PUBLISHED_FIRST_SENTINEL : size - 1;
    return new SpanTokens(
        size,
        config.path("pad_token_id").asInt(0),
        config.path("eos_token_id").asInt(1),
        config.path(FIRST_SENTINEL).asInt(last));
  }

  static ObjectNode config(T5Config sizes) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.putArray("architectures").add("T5ForConditionalGeneration");
    config.put("model_type", MODEL_TYPE);
    config.put("vocab_size", sizes.vocabularySize());
    config.put("n_positions", sizes.contextLength());
    config.put("num_layers", sizes.layers());
    config.put("num_decoder_layers", sizes.decoderLayers());
    config.put("num_heads", sizes.heads());
    config.put("d_kv", sizes.headSize());
    config.put("d_model", sizes.hiddenSize());
    config.put("d_ff", sizes.intermediateSize());
    config.put("relative_attention_num_buckets", sizes.buckets());
    config.put("relative_attention_max_distance", sizes.maxDistance());
    config.put("dropout_rate", sizes.dropout());
    config.put("layer_norm_epsilon", sizes.normEpsilon());
    config.put("feed_forward_proj", "relu");
    config.put("initializer_factor", 1.0);
    config.put("is_encoder_decoder", true);
    config.put("tie_word_embeddings", true);
    config.put("pad_token_id", sizes.tokens().padding());
    config.put("decoder_start_token_id", sizes.tokens().padding());
    config.put("eos_token_id", sizes.tokens().endOfSequence());
    config.put("torch_dtype", "float32");
    config.put(FIRST_SENTINEL, sizes.tokens().firstSentinel());
    return config;
  }

  static TensorLayout layout(T5Config sizes) {
    TensorLayout.Builder layout = TensorLayout.builder();
    layout.add(TOKENS, sizes.vocabularySize(), sizes.hiddenSize());
    stack(layout, sizes, ENCODER, sizes.layers());
    stack(layout, sizes, DECODER, sizes.decoderLayers());
    return layout.build();
  }

  /** All but the position biases, which are tables. */
  static LinearLayers linearLayers(TensorLayout layout) {
    LinearLayers all =
        LinearLayers.of(layout, List.of(ENCODER + ".", DECODER + "."), false, List.of("q", "v"));
    return new LinearLayers(
        all.names().stream()
            .filter(name -> !POSITIONS.equals(name.substring(name.lastIndexOf('.')) + ".weight"))
            .toList(),
        all.inputsFirst(),
        all.usualTargets());
  }

  static String sublayer(String stack, int layer, int sublayer) {
    return stack + ".block." + layer + ".layer." + sublayer;
  }

  private static void stack(TensorLayout.Builder layout, T5Config sizes, String stack, int layers) {
    boolean decodes = stack.equals(DECODER);
    for (int i = 0; i < layers; i++) {
      attention(layout, sizes, sublayer(stack, i, 0), SELF_ATTENTION);
      if (i == 0) {
        layout.add(
            sublayer(stack, 0, 0) + SELF_ATTENTION + POSITIONS, sizes.buckets(), sizes.heads());
      }
      if (decodes) {
        attention(layout, sizes, sublayer(stack, i, 1), CROSS_ATTENTION);
      }
      String last = sublayer(stack, i, decodes ? 2 : 1);
      int width = sizes.hiddenSize();
      layout.add(last + FEED_FORWARD + ".wi.weight", sizes.intermediateSize(), width);
      layout.add(last + FEED_FORWARD + ".wo.weight", width, sizes.intermediateSize());
      layout.add(last + NORM + ".weight", width);
    }
    layout.add(stack + FINAL_NORM + ".weight", sizes.hiddenSize());
  }

  private static void attention(
      TensorLayout.Builder layout, T5Config sizes, String name, String kind) {
    int width = sizes.hiddenSize();
    int inner = sizes.innerSize();
    for (String part : new String[] {".q", ".k", ".v"}) {
      layout.add(name + kind + part + ".weight", inner, width);
    }
    layout.add(name + kind + ".o.weight", width, inner);
    layout.add(name + NORM + ".weight", width);
  }

  private static int integer(JsonNode config, String key) {
    JsonNode value = config.path(key);
    if (!value.isInt()) {
      throw new UserException(
          "Cannot read config.json of a T5: "
              + key
              + " is "
              + (value.isMissingNode() ? "missing" : value)
              + ", must be a whole number");
    }
    return value.intValue();
  }
}
