package io.headwater.corpus.tokenize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Makes a {@code tokenizer.json} of the older files that a published model may come with. */
public final class PublishedVocabulary {
  private static final JsonMapper MAPPER = new JsonMapper();

  private PublishedVocabulary() {}

  /**
   * BERT's {@code vocab.txt}: a piece on each line, its id the line's number from 0.
   *
   * @param settings {@code tokenizer_config.json}: {@code do_lower_case}, {@code strip_accents},
   *     {@code tokenize_chinese_chars}; what it lacks is as BERT has it
   * @throws UserException if a special token is missing
   */
  public static byte[] wordPiece(byte[] vocabulary, JsonNode settings) {
    List<String> pieces = List.of(new String(vocabulary, StandardCharsets.UTF_8).split("\r?\n"));
    for (String token : WordPieceJson.SPECIAL) {
      if (!pieces.contains(token)) {
        throw new UserException("Cannot read vocab.txt: it has no line " + token);
      }
    }
    boolean lower = settings.path("do_lower_case").asBoolean(true);
    return WordPieceJson.write(
        pieces,
        new WordPieceJson.Normalization(
            lower,
            settings.path("strip_accents").asBoolean(lower),
            settings.path("tokenize_chinese_chars").asBoolean(true)));
  }

  /**
   * GPT-2's {@code vocab.json} and {@code merges.txt}.
   *
   * @throws UserException if one of them is not such a file
   */
  public static byte[] byteLevelBpe(byte[] vocabulary, byte[] merges) {
    ObjectNode ids = object(vocabulary);
    ArrayNode ranked = JsonNodeFactory.instance.arrayNode();
    new String(merges, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.startsWith("#version") && !line.isBlank())
        .forEach(
            line -> {
              String[] pair = line.split(" ", -1);
              if (pair.length != 2 || !ids.has(pair[0] + pair[1])) {
                throw new UserException(
                    "Cannot read merges.txt: line '"
                        + line
                        + "' is not two tokens whose joined text is in vocab.json");
              }
              ranked.add(line);
            });
    return TokenizerJsonWriter.byteLevelBpe(ids, ranked, ids.path(EndOfText.CONTENT).asInt(-1));
  }

  /** Ids of the special tokens of a {@code tokenizer.json}, by content. */
  public static Map<String, Integer> specialTokens(byte[] json) {
    return TokenizerJson.specialTokens(TokenizerJson.tree(json));
  }

  /**
   * A {@code tokenizer.json} with special tokens behind its vocabulary, one of which ends every
   * text that it is asked to frame. Text alone is encoded as before.
   *
   * @param json whose ids have no gap
   * @param tokens in the order of their ids
   * @param end one of them
   */
  public static byte[] withSpecialTokens(byte[] json, List<String> tokens, String end) {
    ObjectNode root = TokenizerJson.tree(json).deepCopy();
    int next = LibraryTokenizer.largestId(root) + 1;
    int endId = next + tokens.indexOf(end);
    for (String token : tokens) {
      TokenizerJsonWriter.addSpecial(root.withArray("added_tokens"), next++, token);
    }
    root.set("post_processor", TokenizerJsonWriter.endingWith(end, endId));
    return TokenizerJsonWriter.write(root);
  }

  private static ObjectNode object(byte[] json) {
    try {
      if (MAPPER.readTree(json) instanceof ObjectNode object) {
        return object;
      }
    } catch (IOException e) {
      throw new UserException("Cannot read vocab.json: it is not JSON: " + e.getMessage(), e);
    }
    throw new UserException("Cannot read vocab.json: it is not an object of ids by token");
  }
}
