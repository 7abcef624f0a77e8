package io.headwater.finetune.words;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.corpus.words.Segmentation;
import io.headwater.corpus.words.Segmenter;
import io.headwater.model.embedding.CheckpointWords;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How the words of a text are found, which a classifier's checkpoint keeps.
 *
 * @param ignoreCase whether text is put in lower case, as that of the vectors was
 * @param phrases words that are several, joined as in {@code new_york}
 */
public record TextReading(Segmentation segmentation, boolean ignoreCase, Set<String> phrases) {
  /** As the program fastText reads. */
  public static final TextReading PLAIN = new TextReading(Segmentation.BLANKS, false, Set.of());

  private static final String SEGMENTATION = "segmentation";
  private static final String LOWERCASE = "lowercase";
  private static final String PHRASES = "phrases"; // thresholds by which the text was joined
  private static final String JOINED = "joined_words";

  public TextReading {
    phrases = Set.copyOf(phrases);
  }

  /**
   * That of vectors or of a classifier. Where the vectors' text had phrases, their vocabulary says
   * which.
   */
  public static TextReading of(Checkpoint checkpoint) {
    JsonNode config = checkpoint.config();
    return new TextReading(
        Segmentation.named(config.path(SEGMENTATION).asText(Segmentation.BLANKS.toString())),
        config.path(LOWERCASE).asBoolean(),
        phrases(checkpoint));
  }

  private static Set<String> phrases(Checkpoint checkpoint) {
    Set<String> phrases = new HashSet<>();
    checkpoint.config().path(JOINED).forEach(word -> phrases.add(word.asText()));
    if (checkpoint.config().has(PHRASES)) {
      CheckpointWords.words(checkpoint).stream().filter(Segmenter::isJoined).forEach(phrases::add);
    }
    return phrases;
  }

  /** The same, of text in lower case. */
  public TextReading ignoringCase() {
    return new TextReading(segmentation, true, phrases);
  }

  /** Cuts lines as this says; for one thread. */
  public Segmenter segmenter() {
    Segmenter words = segmentation.segmenter();
    Segmenter folded = ignoreCase ? line -> words.words(line.toLowerCase(Locale.ROOT)) : words;
    return folded.joining(phrases);
  }

  void put(ObjectNode config) {
    config.put(SEGMENTATION, segmentation.toString());
    config.put(LOWERCASE, ignoreCase);
    if (!phrases.isEmpty()) {
      phrases.stream().sorted().forEach(config.putArray(JOINED)::add);
    }
  }

  List<List<String>> words(List<String> texts) {
    return texts.stream().map(segmenter()::words).toList();
  }
}
