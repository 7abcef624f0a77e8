package io.headwater.model.gpt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.LinearLayers;
import io.headwater.model.Objective;
import io.headwater.model.head.Scorer;
import io.headwater.model.head.TaskHead;
import java.util.ArrayList;
import java.util.List;

/**
 * Between our sizes and the names, keys and layout of Hugging Face's GPT-2.
 *
 * <p>Its linear layers ({@code Conv1D}) store weights as (in, out), which is also how we compute,
 * so nothing is transposed. The output layer is tied to {@code transformer.wte.weight} and not
 * stored.
 */
final class GptCheckpointMapping {
  static final String TOKENS = "transformer.wte.weight";
  static final String POSITIONS = "transformer.wpe.weight";
  static final String FINAL_NORM = "transformer.ln_f";
  static final Scorer SUMMARY_SCORER = new Scorer("score", false);

  /** Of embeddings, attention weights and the residual stream's additions. */
  static final List<String> DROPOUTS = List.of("embd_pdrop", "attn_pdrop", "resid_pdrop");

  private static final String OBJECTIVE = "headwater_objective";
  private static final String MODEL_TYPE = "gpt2";
  private static final String GELU = "gelu_new"; // with a tanh for the error function

  private GptCheckpointMapping() {}

  static boolean reads(JsonNode config) {
    return MODEL_TYPE.equals(config.path("model_type").asText());
  }

  static GptConfig sizes(JsonNode config) {
    int width = integer(config, "n_embd");
    require(config, "activation_function", GELU, "gelu_pytorch_tanh");
    require(config, "n_inner", Integer.toString(4 * width), "null");
    require(config, "scale_attn_weights", "true");
    require(config, "scale_attn_by_inverse_layer_idx", "false");
    require(config, "add_cross_attention", "false");
    return new GptConfig(
        integer(config, "vocab_size"),
        integer(config, "n_positions"),
        integer(config, "n_layer"),
        integer(config, "n_head"),
        width,
        config.path("layer_norm_epsilon").asDouble(1e-5),
        dropout(config),
        Objective.named(
            config.path(OBJECTIVE).asText(Objective.CAUSAL_LM.toString()), GptFamily.OBJECTIVES));
  }

  /** Another's configuration that does not say has a tenth of each. */
  private static GptDropout dropout(JsonNode config) {
    double[] rates = DROPOUTS.stream().mapToDouble(key -> config.path(key).asDouble(0.1)).toArray();
    return new GptDropout(rates[0], rates[1], rates[2]);
  }

  static ObjectNode languageModelConfig(GptConfig sizes) {
    return config(sizes, "GPT2LMHeadModel");
  }

  /** Padding goes by length, any token may pad. */
  static ObjectNode taskConfig(GptConfig sizes, TaskHead head) {
    ObjectNode config = config(sizes, "GPT2" + head.architecture());
    config.put("pad_token_id", 0);
    return config;
  }

  /** Parameters of the body: everything but a task's head. */
  static TensorLayout body(GptConfig sizes) {
    return bodyBuilder(sizes).build();
  }

  static TensorLayout task(GptConfig sizes, TaskHead head) {
    TensorLayout.Builder layout = bodyBuilder(sizes);
    head.scorer(SUMMARY_SCORER)
        .ifPresent(scorer -> scorer.addTo(layout, head.outputs(), sizes.hiddenSize()));
    return layout.build();
  }

  static LinearLayers linearLayers(TensorLayout layout) {
    return LinearLayers.of(layout, List.of("transformer.h."), true, List.of("c_attn"));
  }

  static String block(int layer) {
    return "transformer.h." + layer;
  }

  private static TensorLayout.Builder bodyBuilder(GptConfig sizes) {
    int width = sizes.hiddenSize();
    TensorLayout.Builder layout = TensorLayout.builder();
    layout.add(TOKENS, sizes.vocabularySize(), width);
    layout.add(POSITIONS, sizes.contextLength(), width);
    for (int layer = 0; layer < sizes.layers(); layer++) {
      String block = block(layer);
      norm(layout, block + ".ln_1", width);
      linear(layout, block + ".attn.c_attn", width, 3 * width);
      linear(layout, block + ".attn.c_proj", width, width);
      norm(layout, block + ".ln_2", width);
      linear(layout, block + ".mlp.c_fc", width, 4 * width);
      linear(layout, block + ".mlp.c_proj", 4 * width, width);
    }
    norm(layout, FINAL_NORM, width);
    return layout;
  }

  private static void norm(TensorLayout.Builder layout, String name, int width) {
    layout.add(name + ".weight", width).add(name + ".bias", width);
  }

  private static void linear(TensorLayout.Builder layout, String name, int in, int out) {
    layout.add(name + ".weight", in, out).add(name + ".bias", out);
  }

  private static ObjectNode config(GptConfig sizes, String architecture) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.putArray("architectures").add(architecture);
    config.put("model_type", MODEL_TYPE);
    config.put("vocab_size", sizes.vocabularySize());
    config.put("n_positions", sizes.contextLength());
    config.put("n_ctx", sizes.contextLength());
    config.put("n_embd", sizes.hiddenSize());
    config.put("n_layer", sizes.layers());
    config.put("n_head", sizes.heads());
    config.put("n_inner", 4 * sizes.hiddenSize());
    config.put("activation_function", GELU);
    config.put("layer_norm_epsilon", sizes.layerNormEpsilon());
    config.put(DROPOUTS.get(0), sizes.dropout().embedding());
    config.put(DROPOUTS.get(1), sizes.dropout().attention());
    config.put(DROPOUTS.get(2), sizes.dropout().residual());
    config.put("initializer_range", 0.02);
    config.put("tie_word_embeddings", true);
    config.put("torch_dtype", "float32");
    if (sizes.objective() != Objective.CAUSAL_LM) {
      config.put(OBJECTIVE, sizes.objective().toString());
    }
    return config;
  }

  /** The first value is also that of a configuration without the key. */
  private static void require(JsonNode config, String key, String... values) {
    String found = config.path(key).isMissingNode() ? values[0] : config.path(key).asText();
    if (!List.of(values).contains(found)) {
      throw new UserException(
          "Cannot read a GPT with " + key + " " + found + ": must be " + values[0]);
    }
  }

  private static int integer(JsonNode config, String key) {
    JsonNode value = config.get(key);
    if (value == null || !value.isInt()) {
      List<String> keys = new ArrayList<>();
      config.fieldNames().forEachRemaining(keys::add);
      throw new UserException(
          "Cannot read a GPT's config.json: "
              + key
              + " is "
              + value
              + ", a number is needed; it has "
              + keys);
    }
    return value.intValue();
  }
}
