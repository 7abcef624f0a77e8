package io.headwater.corpus.tokenize;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.checkpoint.UserException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;

/**
 * What masked language models need to know of a vocabulary.
 *
 * @param classification id of {@code [CLS]}, which begins a sequence
 * @param separator id of {@code [SEP]}, which ends a segment
 * @param mask id of {@code [MASK]}
 * @param padding id of {@code [PAD]}
 * @param ordinary ids of all tokens that are not special, sorted
 * @param inside by id, whether a token goes on a word that the one before began
 * @param sentenceEnd by id, whether a sentence ends with it
 */
public record MaskingVocabulary(
    int classification,
    int separator,
    int mask,
    int padding,
    int[] ordinary,
    boolean[] inside,
    boolean[] sentenceEnd) {
  private static final String SENTENCE_ENDS = ".!?。！？";

  /**
   * Reads it from a tokenizer.
   *
   * @throws UserException if it lacks one of the special tokens
   */
  public static MaskingVocabulary of(Tokenizer tokenizer) {
    JsonNode tree = TokenizerJson.tree(tokenizer.json());
    Map<String, Integer> special = TokenizerJson.specialTokens(tree);
    boolean[] inside = new boolean[tokenizer.vocabularySize()];
    boolean[] sentenceEnd = new boolean[inside.length];
    boolean[] isOrdinary = new boolean[inside.length];
    JsonNode vocabulary = tree.path("model").path("vocab");
    for (Iterator<Map.Entry<String, JsonNode>> all = vocabulary.fields(); all.hasNext(); ) {
      Map.Entry<String, JsonNode> entry = all.next();
      int id = entry.getValue().intValue();
      inside[id] = entry.getKey().startsWith(WordPieceTrainer.INSIDE);
      sentenceEnd[id] = entry.getKey().length() == 1 && SENTENCE_ENDS.contains(entry.getKey());
      isOrdinary[id] = !special.containsKey(entry.getKey());
    }
    int[] ordinary = new int[isOrdinary.length];
    int count = 0;
    for (int id = 0; id < isOrdinary.length; id++) {
      if (isOrdinary[id]) {
        ordinary[count++] = id;
      }
    }
    return new MaskingVocabulary(
        id(special, WordPieceJson.CLASSIFICATION),
        id(special, WordPieceJson.SEPARATOR),
        id(special, WordPieceJson.MASK),
        id(special, WordPieceJson.PADDING),
        Arrays.copyOf(ordinary, count),
        inside,
        sentenceEnd);
  }

  private static int id(Map<String, Integer> special, String token) {
    Integer id = special.get(token);
    if (id == null) {
      throw new UserException(
          "Cannot use this tokenizer for a masked language model: it has no special token "
              + token
              + "; ingest with --tokenizer wordpiece");
    }
    return id;
  }
}
