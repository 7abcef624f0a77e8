package io.headwater.corpus.tokenize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.tokenize.BpeVocabulary.Merge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads {@code tokenizer.json}. A file that says no more than the byte, character or byte-level BPE
 * tokenizers here can do goes to them; whatever is not surely one of those, to the library.
 */
final class TokenizerJson {
  private static final JsonMapper MAPPER = new JsonMapper();

  private TokenizerJson() {}

  static JsonNode tree(byte[] json) {
    try {
      JsonNode tree = MAPPER.readTree(json);
      if (tree != null && tree.path("model").isObject()) {
        return tree;
      }
    } catch (IOException e) {
      throw new UserException(
          "Cannot read tokenizer.json: it is not JSON ("
              + e.getMessage().lines().findFirst().orElse("")
              + ")",
          e);
    }
    throw new UserException("Cannot read tokenizer.json: it has no model object");
  }

  static Tokenizer parse(byte[] json) {
    JsonNode tree = tree(json);
    String model = tree.path("model").path("type").asText();
    Tokenizer own = null;
    if (plainAround(tree) && model.equals("BPE")) {
      own = byteLevel(tree, json);
    } else if (plainAround(tree) && model.equals("WordLevel")) {
      own = characters(tree);
    }
    return own == null ? LibraryTokenizer.parse(json) : own;
  }

  /** Ids of the special added tokens, by content. */
  static Map<String, Integer> specialTokens(JsonNode tree) {
    Map<String, Integer> special = new LinkedHashMap<>();
    for (JsonNode added : tree.path("added_tokens")) {
      if (added.path("special").asBoolean()) {
        special.put(added.path("content").asText(), added.path("id").intValue());
      }
    }
    return special;
  }

  /** No normalizer, and no added token but one end of text that is taken literally. */
  private static boolean plainAround(JsonNode tree) {
    JsonNode added = tree.path("added_tokens");
    if (!isAbsent(tree.path("normalizer")) || added.size() > 1) {
      return false;
    }
    return added.isEmpty() || isLiteralEndOfText(tree, added.get(0));
  }

  private static boolean isLiteralEndOfText(JsonNode tree, JsonNode token) {
    String content = token.path("content").asText();
    JsonNode id = tree.path("model").path("vocab").path(content);
    return token.path("special").asBoolean()
        && !token.path("single_word").asBoolean()
        && !token.path("lstrip").asBoolean()
        && !token.path("rstrip").asBoolean()
        && !token.path("normalized").asBoolean()
        && content.equals(EndOfText.among(Set.of(content)))
        && id.isInt()
        && id.intValue() == token.path("id").intValue();
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  private static Tokenizer byteLevel(JsonNode tree, byte[] json) {
    JsonNode model = tree.path("model");
    JsonNode preTokenizer = tree.path("pre_tokenizer");
    boolean plain =
        isAbsent(model.path("dropout"))
            && isAbsent(model.path("unk_token"))
            && model.path("continuing_subword_prefix").asText("").isEmpty()
            && model.path("end_of_word_suffix").asText("").isEmpty()
            && !model.path("byte_fallback").asBoolean()
            && !model.path("ignore_merges").asBoolean()
            && isByteLevel(preTokenizer)
            && !preTokenizer.path("add_prefix_space").asBoolean(true)
            && isByteLevel(tree.path("decoder"));
    BpeVocabulary vocabulary = plain ? vocabulary(tree) : null;
    if (vocabulary == null) {
      return null;
    }
    if (preTokenizer.path("use_regex").asBoolean(true)) {
      return new BpeTokenizer(vocabulary, json);
    }
    return isBytesInOrder(vocabulary) ? new ByteTokenizer() : null;
  }

  private static boolean isByteLevel(JsonNode node) {
    return node.path("type").asText().equals("ByteLevel");
  }

  private static boolean isBytesInOrder(BpeVocabulary vocabulary) {
    int[] byteIds = vocabulary.byteIds();
    boolean inOrder =
        vocabulary.size() == 257
            && vocabulary.endOfText() == ByteTokenizer.END_OF_TEXT
            && EndOfText.CONTENT.equals(vocabulary.endOfTextContent())
            && vocabulary.merges().isEmpty();
    for (int value = 0; value < 256; value++) {
      inOrder &= byteIds[value] == value;
    }
    return inOrder;
  }

  /** Null when something in it is beyond byte-level BPE with dense ids. */
  private static BpeVocabulary vocabulary(JsonNode tree) {
    JsonNode vocab = tree.path("model").path("vocab");
    Map<String, Integer> special = specialTokens(tree);
    Map<String, Integer> ids = new HashMap<>(vocab.size() * 2);
    byte[][] tokens = new byte[vocab.size()][];
    BitSet seen = new BitSet();
    for (Iterator<Map.Entry<String, JsonNode>> all = vocab.fields(); all.hasNext(); ) {
      Map.Entry<String, JsonNode> entry = all.next();
      int id = entry.getValue().intValue();
      byte[] bytes =
          special.containsKey(entry.getKey()) ? null : ByteLevelAlphabet.bytes(entry.getKey());
      boolean valid = id >= 0 && id < tokens.length && !seen.get(id);
      if (!valid || (bytes == null && !special.containsKey(entry.getKey()))) {
        return null;
      }
      seen.set(id);
      tokens[id] = bytes;
      ids.put(entry.getKey(), id);
    }
    List<Merge> merges = merges(tree.path("model").path("merges"), ids);
    String end = special.isEmpty() ? null : special.keySet().iterator().next();
    if (merges == null) {
      return null;
    }
    BpeVocabulary vocabulary =
        new BpeVocabulary(tokens, merges, end == null ? -1 : special.get(end), end);
    return vocabulary.spellsEveryByte() ? vocabulary : null;
  }

  private static List<Merge> merges(JsonNode node, Map<String, Integer> ids) {
    List<Merge> merges = new ArrayList<>(node.size());
    for (JsonNode each : node) {
      String[] pair =
          each.isArray()
              ? new String[] {each.path(0).asText(), each.path(1).asText()}
              : each.asText().split(" ", 2);
      Integer left = ids.get(pair[0]);
      Integer right = pair.length == 2 ? ids.get(pair[1]) : null;
      Integer merged = left == null || right == null ? null : ids.get(pair[0] + pair[1]);
      if (merged == null) {
        return null;
      }
      merges.add(new Merge(left, right, merged));
    }
    return merges;
  }

  private static Tokenizer characters(JsonNode tree) {
    JsonNode vocab = tree.path("model").path("vocab");
    boolean ends = tree.path("added_tokens").size() == 1;
    BitSet codePoints = new BitSet();
    for (Iterator<String> names = vocab.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (name.codePointCount(0, name.length()) == 1) {
        codePoints.set(name.codePointAt(0));
      }
    }
    CharTokenizer own = new CharTokenizer(codePoints, ends);
    // Equal to what would be written for these characters: then it is that tokenizer.
    return tree.equals(tree(own.json())) ? own : null;
  }
}
