package io.headwater.finetune.words;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.corpus.words.Segmentation;
import io.headwater.corpus.words.Segmenter;
import java.util.List;
import java.util.Locale;

/**
 * How the words of a text are found, which a classifier's checkpoint keeps.
 *
 * @param ignoreCase whether text is put in lower case, as that of the vectors was
 */
public record TextReading(Segmentation segmentation, boolean ignoreCase) {
  /** As the program fastText reads. */
  public static final TextReading PLAIN = new TextReading(Segmentation.BLANKS, false);

  private static final String SEGMENTATION = "segmentation";
  private static final String LOWERCASE = "lowercase";

  /** That of a {@code config.json}, of vectors or of a classifier. */
  public static TextReading of(JsonNode config) {
    return new TextReading(
        Segmentation.named(config.path(SEGMENTATION).asText(Segmentation.BLANKS.toString())),
        config.path(LOWERCASE).asBoolean());
  }

  void put(ObjectNode config) {
    config.put(SEGMENTATION, segmentation.toString());
    config.put(LOWERCASE, ignoreCase);
  }

  List<List<String>> words(List<String> texts) {
    Segmenter segmenter = segmentation.segmenter();
    return texts.stream()
        .map(text -> segmenter.words(ignoreCase ? text.toLowerCase(Locale.ROOT) : text))
        .toList();
  }
}
