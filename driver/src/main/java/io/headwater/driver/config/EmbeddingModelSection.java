package io.headwater.driver.config;

/**
 * Which family of word vectors.
 *
 * @param from what the run begins with; empty draws vectors
 */
public record EmbeddingModelSection(
    @Setting("`word2vec`, `fasttext` or `glove`") String preset,
    @Setting(
            value =
                "checkpoint or file of word vectors to begin with: its words keep their vectors, new"
                    + " words join them; empty draws vectors",
            defaultValue = "")
        String from) {
  public static final String WORD2VEC = "word2vec";
  public static final String FASTTEXT = "fasttext";
  public static final String GLOVE = "glove";

  public EmbeddingModelSection {
    Check.that("model.preset", preset, isFamily(preset), "word2vec, fasttext or glove");
  }

  static boolean isFamily(String preset) {
    return preset.equals(WORD2VEC) || preset.equals(FASTTEXT) || preset.equals(GLOVE);
  }

  /** Whether there are words that have vectors already. */
  public boolean isGiven() {
    return !from.isEmpty();
  }
}
