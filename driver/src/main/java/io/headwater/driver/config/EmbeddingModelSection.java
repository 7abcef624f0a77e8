package io.headwater.driver.config;

/** Which family of word vectors. */
public record EmbeddingModelSection(@Setting("`word2vec` or `fasttext`") String preset) {
  public static final String WORD2VEC = "word2vec";
  public static final String FASTTEXT = "fasttext";

  public EmbeddingModelSection {
    Check.that("model.preset", preset, isFamily(preset), "word2vec or fasttext");
  }

  static boolean isFamily(String preset) {
    return preset.equals(WORD2VEC) || preset.equals(FASTTEXT);
  }
}
