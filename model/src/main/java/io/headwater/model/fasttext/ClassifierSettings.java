package io.headwater.model.fasttext;

import io.headwater.checkpoint.UserException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/**
 * How a classifier of texts is made and trained; the names are those of the original program.
 *
 * @param dim columns of both matrices
 * @param wordNgrams words of the longest n-gram of words that is a feature of a text; 1 for none
 * @param negative labels drawn against each text's, with {@link Loss#NS}
 * @param epochs passes over the texts
 * @param minCount occurrences that a word of the texts must have
 * @param subwords n-grams of characters, and the buckets that those of words are in, too
 */
public record ClassifierSettings(
    Loss loss, int dim, int wordNgrams, int negative, int epochs, int minCount, Subwords subwords) {
  /** How the labels' probabilities are made. */
  public enum Loss {
    /** Of all labels, which exclude each other. */
    SOFTMAX,
    /** Each label by itself, against some that are drawn. */
    NS,
    /** Along a Huffman tree of the labels, which exclude each other. */
    HS;

    /**
     * That of a command line or a {@code config.json}.
     *
     * @throws UserException if there is none of this name
     */
    public static Loss named(String name) {
      return Arrays.stream(values())
          .filter(loss -> loss.toString().equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new UserException(
                      "Cannot use loss " + name + " (must be softmax, ns or hs for classifiers)"));
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public ClassifierSettings {
    Objects.requireNonNull(loss, "loss");
    require(dim >= 1 && dim <= 4096, "dim", dim, "in [1, 4096]");
    require(wordNgrams >= 1 && wordNgrams <= 100, "word-ngrams", wordNgrams, "in [1, 100]");
    require(
        wordNgrams == 1 || subwords.buckets() > 0,
        "buckets",
        subwords.buckets(),
        "> 0 for n-grams");
    require(negative >= 0 && negative <= 1000, "negative", negative, "in [0, 1000]");
    require(epochs >= 1, "epochs", epochs, ">= 1");
    require(minCount >= 1, "min-count", minCount, ">= 1");
  }

  private static void require(boolean valid, String name, Number value, String range) {
    if (!valid) {
      throw new UserException(
          "Cannot make a classifier with " + name + " " + value + " (must be " + range + ")");
    }
  }
}
