package io.headwater.corpus.words;

import io.headwater.checkpoint.UserException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Where a word ends and the next one begins. */
public enum Segmentation {
  /** Blanks divide words. */
  BLANKS {
    @Override
    public Segmenter segmenter() {
      return line -> Arrays.stream(line.split(BLANK)).filter(word -> !word.isEmpty()).toList();
    }
  },
  /** A Chinese character is a word, and so is a run of other letters and digits; marks are none. */
  CHARACTERS {
    @Override
    public Segmenter segmenter() {
      return new CharacterSegmenter();
    }
  },
  /**
   * Words of simplified Chinese by a hidden Markov model (Lucene's smartcn, whose dictionary is
   * that of ICTCLAS); Latin letters become small ones, marks are no words.
   */
  CHINESE {
    @Override
    public Segmenter segmenter() {
      return new ChineseSegmenter();
    }
  };

  private static final String BLANK = "[ \\t\\r\\n\\f\\x0b\\x00]+";

  /** Makes a segmenter for one thread. */
  public abstract Segmenter segmenter();

  /**
   * That of a configuration or a {@code config.json}: {@code blanks}, {@code characters} ...
   *
   * @throws UserException if there is none of this name
   */
  public static Segmentation named(String name) {
    return Arrays.stream(values())
        .filter(each -> each.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "Cannot cut text into words by '" + name + "': must be one of " + names()));
  }

  private static String names() {
    return Arrays.stream(values()).map(Segmentation::toString).collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
