package io.headwater.corpus.tokenize;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.corpus.tokenize.BpeVocabulary.Merge;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes the {@code tokenizer.json} of the vocabularies made here. */
final class TokenizerJsonWriter {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final JsonMapper MAPPER = new JsonMapper();

  private TokenizerJsonWriter() {}

  /** Every byte a word of its own: BPE that merges nothing. */
  static byte[] bytes() {
    ObjectNode vocabulary = NODES.objectNode();
    for (int value = 0; value < 256; value++) {
      vocabulary.put(ByteLevelAlphabet.spell(new byte[] {(byte) value}), value);
    }
    vocabulary.put(EndOfText.CONTENT, ByteTokenizer.END_OF_TEXT);
    ObjectNode root = root(ByteTokenizer.END_OF_TEXT);
    root.set("pre_tokenizer", byteLevel(false));
    root.putNull("post_processor");
    root.set("decoder", byteLevel(false));
    root.set("model", bpe(vocabulary, NODES.arrayNode()));
    return write(root);
  }

  /** Each code point a word, looked up whole. */
  static byte[] characters(int[] codePoints, boolean endsDocuments) {
    ObjectNode vocabulary = NODES.objectNode();
    for (int id = 0; id < codePoints.length; id++) {
      vocabulary.put(Character.toString(codePoints[id]), id);
    }
    if (endsDocuments) {
      vocabulary.put(EndOfText.CONTENT, codePoints.length);
    }
    ObjectNode root = root(endsDocuments ? codePoints.length : -1);
    root.set("pre_tokenizer", everyCharacter());
    root.putNull("post_processor");
    root.set("decoder", NODES.objectNode().put("type", "Fuse"));
    // WordLevel asks for an unknown token; one that the vocabulary lacks makes it refuse the text.
    root.set(
        "model",
        NODES
            .objectNode()
            .put("type", "WordLevel")
            .<ObjectNode>set("vocab", vocabulary)
            .put("unk_token", "<unk>"));
    return write(root);
  }

  static ObjectNode everyCharacter() {
    ObjectNode split = NODES.objectNode().put("type", "Split");
    split.set("pattern", NODES.objectNode().put("Regex", "[\\s\\S]"));
    return split.put("behavior", "Isolated").put("invert", false);
  }

  static byte[] bpe(BpeVocabulary bpe) {
    ObjectNode vocabulary = NODES.objectNode();
    for (int id = 0; id < bpe.size(); id++) {
      vocabulary.put(
          id == bpe.endOfText()
              ? bpe.endOfTextContent()
              : ByteLevelAlphabet.spell(bpe.tokens()[id]),
          id);
    }
    ArrayNode merges = NODES.arrayNode();
    for (Merge merge : bpe.merges()) {
      merges.add(
          ByteLevelAlphabet.spell(bpe.tokens()[merge.left()])
              + " "
              + ByteLevelAlphabet.spell(bpe.tokens()[merge.right()]));
    }
    return byteLevelBpe(vocabulary, merges, bpe.endOfText());
  }

  /**
   * Byte-level BPE in the spelling of {@link ByteLevelAlphabet}.
   *
   * @param vocabulary ids by token
   * @param merges {@code left right} in order of rank
   * @param endOfText its id; -1 where there is none
   */
  static byte[] byteLevelBpe(ObjectNode vocabulary, ArrayNode merges, int endOfText) {
    ObjectNode root = root(endOfText);
    root.set("pre_tokenizer", byteLevel(true));
    root.set("post_processor", byteLevel(true));
    root.set("decoder", byteLevel(true));
    root.set("model", bpe(vocabulary, merges));
    return write(root);
  }

  private static ObjectNode root(int endOfText) {
    ObjectNode root = NODES.objectNode().put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    if (endOfText >= 0) {
      addSpecial(added, endOfText, EndOfText.CONTENT);
    }
    root.putNull("normalizer");
    return root;
  }

  static void addSpecial(ArrayNode added, int id, String content) {
    added
        .addObject()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
  }

  /** The post-processor that puts a token behind each text. */
  static ObjectNode endingWith(String token, int id) {
    ObjectNode template = NODES.objectNode().put("type", "TemplateProcessing");
    for (String kind : new String[] {"single", "pair"}) {
      ArrayNode pieces = template.putArray(kind);
      for (String text : kind.equals("single") ? new String[] {"A"} : new String[] {"A", "B"}) {
        pieces.addObject().putObject("Sequence").put("id", text).put("type_id", 0);
        pieces.addObject().putObject("SpecialToken").put("id", token).put("type_id", 0);
      }
    }
    ObjectNode special = template.putObject("special_tokens").putObject(token).put("id", token);
    special.putArray("ids").add(id);
    special.putArray("tokens").add(token);
    return template;
  }

  private static ObjectNode byteLevel(boolean useRegex) {
    return NODES
        .objectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", useRegex);
  }

  private static ObjectNode bpe(ObjectNode vocabulary, ArrayNode merges) {
    ObjectNode model = NODES.objectNode().put("type", "BPE");
    model.putNull("dropout");
    model.putNull("unk_token");
    model.put("continuing_subword_prefix", "").put("end_of_word_suffix", "");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    model.set("vocab", vocabulary);
    model.set("merges", merges);
    return model;
  }

  static byte[] write(ObjectNode root) {
    try {
      return MAPPER.writeValueAsBytes(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
