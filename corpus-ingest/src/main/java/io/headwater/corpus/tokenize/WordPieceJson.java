package io.headwater.corpus.tokenize;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Writes the {@code tokenizer.json} of a WordPiece vocabulary, as BERT's own is written. */
final class WordPieceJson {
  static final String PADDING = "[PAD]";
  static final String UNKNOWN = "[UNK]";
  static final String CLASSIFICATION = "[CLS]";
  static final String SEPARATOR = "[SEP]";
  static final String MASK = "[MASK]";

  /** The first ids of every vocabulary trained here. */
  static final List<String> SPECIAL = List.of(PADDING, UNKNOWN, CLASSIFICATION, SEPARATOR, MASK);

  /**
   * What becomes of a text before it is cut into words.
   *
   * @param partChinese whether each Chinese character is a word
   */
  record Normalization(boolean lowerCase, boolean stripAccents, boolean partChinese) {}

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private WordPieceJson() {}

  /**
   * @param vocabulary pieces in the order of their ids, {@link #SPECIAL} first
   */
  static byte[] write(List<String> vocabulary, WordPieceCase letters) {
    boolean lower = letters == WordPieceCase.LOWER;
    return write(vocabulary, new Normalization(lower, lower, true));
  }

  /**
   * @param vocabulary pieces in the order of their ids, {@link #SPECIAL} anywhere among them
   */
  static byte[] write(List<String> vocabulary, Normalization normalization) {
    ObjectNode root = NODES.objectNode().put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    for (String token : SPECIAL) {
      TokenizerJsonWriter.addSpecial(added, vocabulary.indexOf(token), token);
    }
    root.putObject("normalizer")
        .put("type", "BertNormalizer")
        .put("clean_text", true)
        .put("handle_chinese_chars", normalization.partChinese())
        .put("strip_accents", normalization.stripAccents())
        .put("lowercase", normalization.lowerCase());
    root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    root.set("post_processor", template(vocabulary));
    root.putObject("decoder")
        .put("type", "WordPiece")
        .put("prefix", WordPieceTrainer.INSIDE)
        .put("cleanup", true);
    ObjectNode model = root.putObject("model");
    model
        .put("type", "WordPiece")
        .put("unk_token", UNKNOWN)
        .put("continuing_subword_prefix", WordPieceTrainer.INSIDE)
        .put("max_input_chars_per_word", WordPieceTrainer.LONGEST_WORD);
    ObjectNode ids = model.putObject("vocab");
    for (int id = 0; id < vocabulary.size(); id++) {
      ids.put(vocabulary.get(id), id);
    }
    try {
      return new JsonMapper().writeValueAsBytes(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code [CLS] A [SEP]} and {@code [CLS] A [SEP] B [SEP]}. */
  private static ObjectNode template(List<String> vocabulary) {
    ObjectNode template = NODES.objectNode().put("type", "TemplateProcessing");
    template.set("single", pieces("A"));
    template.set("pair", pieces("A", "B"));
    ObjectNode special = template.putObject("special_tokens");
    for (String token : List.of(CLASSIFICATION, SEPARATOR)) {
      ObjectNode entry = special.putObject(token).put("id", token);
      entry.putArray("ids").add(vocabulary.indexOf(token));
      entry.putArray("tokens").add(token);
    }
    return template;
  }

  private static ArrayNode pieces(String... sequences) {
    ArrayNode pieces = NODES.arrayNode();
    pieces.addObject().set("SpecialToken", piece(CLASSIFICATION, 0));
    for (int type = 0; type < sequences.length; type++) {
      pieces.addObject().set("Sequence", piece(sequences[type], type));
      pieces.addObject().set("SpecialToken", piece(SEPARATOR, type));
    }
    return pieces;
  }

  private static ObjectNode piece(String id, int type) {
    return NODES.objectNode().put("id", id).put("type_id", type);
  }
}
