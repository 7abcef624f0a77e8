package io.headwater.driver.config;

/** Which family of word vectors. */
public record EmbeddingModelSection(@Setting("`word2vec`") String preset) {
  static final String WORD2VEC = "word2vec";

  public EmbeddingModelSection {
    Check.that("model.preset", preset, preset.equals(WORD2VEC), WORD2VEC);
  }
}
