package io.headwater.driver.config;

/** Which family of word vectors. */
public record EmbeddingModelSection(@Setting("`word2vec`, `fasttext` or `glove`") String preset) {
  public static final String WORD2VEC = "word2vec";
  public static final String FASTTEXT = "fasttext";
  public static final String GLOVE = "glove";

  public EmbeddingModelSection {
    Check.that("model.preset", preset, isFamily(preset), "word2vec, fasttext or glove");
  }

  static boolean isFamily(String preset) {
    return preset.equals(WORD2VEC) || preset.equals(FASTTEXT) || preset.equals(GLOVE);
  }
}
