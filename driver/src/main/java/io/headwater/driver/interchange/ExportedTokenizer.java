package io.headwater.driver.interchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.corpus.tokenize.PublishedVocabulary;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.model.t5.SpanTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A checkpoint's tokenizer as {@code transformers} opens it, beside the model's {@code
 * config.json}.
 *
 * @param json {@code tokenizer.json}
 * @param settings {@code tokenizer_config.json}
 * @param ids keys of {@code config.json} that name special tokens
 */
record ExportedTokenizer(byte[] json, ObjectNode settings, ObjectNode ids) {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String PADDING = "<pad>";
  private static final String END = "</s>";

  /**
   * @param family the model's, such as {@code gpt}
   * @param contextLength the longest text
   */
  static ExportedTokenizer of(String family, JsonNode config, byte[] json, int contextLength) {
    ObjectNode settings = NODES.objectNode();
    // The general class takes tokenizer.json as it is; a family's own one would alter it.
    settings.put("tokenizer_class", "PreTrainedTokenizerFast");
    settings.put("model_max_length", contextLength);
    settings.put("clean_up_tokenization_spaces", false);
    return switch (family) {
      case "bert" -> bert(settings, json);
      case "t5" -> t5(settings, json, SpanTokens.of(config));
      default -> gpt(settings, json, config);
    };
  }

  private static ExportedTokenizer bert(ObjectNode settings, byte[] json) {
    inputs(settings, "input_ids", "token_type_ids", "attention_mask");
    Map<String, Integer> special = PublishedVocabulary.specialTokens(json);
    for (String name : List.of("unk", "sep", "pad", "cls", "mask")) {
      String token = "[" + name.toUpperCase(Locale.ROOT) + "]";
      if (special.containsKey(token)) {
        settings.put(name + "_token", token);
      }
    }
    ObjectNode ids = NODES.objectNode();
    ids.put("pad_token_id", special.getOrDefault("[PAD]", 0));
    return new ExportedTokenizer(json, settings, ids);
  }

  /** Without {@code token_type_ids}: GPT-2 would add embeddings of them to those of the tokens. */
  private static ExportedTokenizer gpt(ObjectNode settings, byte[] json, JsonNode config) {
    inputs(settings, "input_ids", "attention_mask");
    OptionalInt end = endOfText(json);
    ObjectNode ids = NODES.objectNode();
    for (String key : List.of("bos_token_id", "eos_token_id")) {
      ids.set(key, end.isPresent() ? NODES.numberNode(end.getAsInt()) : NODES.nullNode());
    }
    PublishedVocabulary.specialTokens(json)
        .forEach(
            (content, id) -> {
              if (end.isPresent() && end.getAsInt() == id) {
                settings.put("bos_token", content).put("eos_token", content);
              }
              if (config.path("pad_token_id").asInt(-1) == id) {
                settings.put("pad_token", content);
              }
            });
    return new ExportedTokenizer(json, settings, ids);
  }

  /** The tokens that only the model knows become tokens of the tokenizer. */
  private static ExportedTokenizer t5(ObjectNode settings, byte[] json, SpanTokens tokens) {
    inputs(settings, "input_ids", "attention_mask");
    settings.put("pad_token", PADDING).put("eos_token", END);
    List<String> sentinels = new ArrayList<>();
    for (int span = 0; span < SpanTokens.SENTINELS; span++) {
      sentinels.add("<extra_id_" + span + ">");
    }
    sentinels.forEach(settings.putArray("additional_special_tokens")::add);
    ObjectNode ids = NODES.objectNode();
    if (PublishedVocabulary.specialTokens(json).containsKey(sentinels.get(0))) {
      return new ExportedTokenizer(json, settings, ids);
    }
    List<String> behind = new ArrayList<>(List.of(PADDING, END));
    for (int span = SpanTokens.SENTINELS - 1; span >= 0; span--) {
      behind.add(sentinels.get(span));
    }
    return new ExportedTokenizer(
        PublishedVocabulary.withSpecialTokens(json, behind, END), settings, ids);
  }

  private static void inputs(ObjectNode settings, String... names) {
    List.of(names).forEach(settings.putArray("model_input_names")::add);
  }

  private static OptionalInt endOfText(byte[] json) {
    try (Tokenizer tokenizer = Tokenizer.parse(json)) {
      return tokenizer.endOfText();
    }
  }
}
