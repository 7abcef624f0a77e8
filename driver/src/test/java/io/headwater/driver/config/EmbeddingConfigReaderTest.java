package io.headwater.driver.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingConfigReaderTest {
  private static EmbeddingConfig read(String family, String... assignments) {
    List<String> all = new ArrayList<>(List.of(assignments));
    all.addAll(List.of("corpus=text.txt", "output=run", "model.preset=" + family));
    return EmbeddingConfigReader.read(Optional.empty(), all, Map.of());
  }

  @ParameterizedTest
  @CsvSource({
    "training.workers=1,false",
    "training.workers=2,true",
    "parameter-server.shards=2,true",
    "parameter-server.endpoints=a:4000,true"
  })
  void matricesAreAtTheShardsWhereThereIsMoreThanOneOfAnything(String given, boolean tables) {
    assertThat(read("word2vec", given).usesTables()).isEqualTo(tables);
  }

  @ParameterizedTest
  @CsvSource({
    "glove,embedding.negative=3,embedding.negative",
    "word2vec,training.block-words=1,training.block-words",
    "fasttext,parameter-server.push-codec=bf16,parameter-server.push-codec"
  })
  void refusesWhatTheFamilyDoesNotHave(String family, String given, String key) {
    assertThatThrownBy(() -> read(family, given))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot use " + key);
  }

  @ParameterizedTest
  @CsvSource({
    "word2vec,embedding.loss=hs,embedding.negative=5,draws no words",
    "fasttext,embedding.loss=hs,embedding.negative=5,draws no words",
    "word2vec,embedding.algorithm=cbow,embedding.negatives=shared,are one mean",
    "fasttext,embedding.algorithm=cbow,embedding.negatives=pair,are one mean",
    "fasttext,embedding.max-n=0,embedding.min-n=0,takes no n-grams",
    "fasttext,embedding.max-n=0,embedding.buckets=100,takes no n-grams",
    "word2vec,training.workers=1,training.block-words=2500,exchanges no rows",
    "word2vec,training.workers=2,embedding.checkpoint-words=1000,between epochs"
  })
  void refusesWhatHasNoEffectBesideAnother(String family, String given, String idle, String why) {
    read(family, given);
    assertThatThrownBy(() -> read(family, given, idle))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot use " + idle.substring(0, idle.indexOf('=')) + " in --set")
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource({
    "word2vec,embedding.loss=hs,embedding.negatives=pair",
    "word2vec,embedding.algorithm=cbow,embedding.negative=5",
    "fasttext,embedding.max-n=4,embedding.buckets=100",
    "word2vec,training.workers=2,training.block-words=2500",
    "glove,training.workers=1,embedding.checkpoint-words=1000"
  })
  void takesWhatHasAnEffectBesideAnother(String family, String given, String other) {
    read(family, given, other);
  }

  @ParameterizedTest
  @CsvSource({"1,10000", "4,2500", "1000,500"})
  void blocksAreSmallerTheMoreWorkersThereAre(int workers, int blockWords) {
    assertThat(read("word2vec", "training.workers=" + workers).training().blockWords())
        .isEqualTo(blockWords);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void blocksOfGloveDoNotShrinkAsWorkersHaveTheirRowsToThemselves(int workers) {
    assertThat(read("glove", "training.workers=" + workers).training().blockWords())
        .isEqualTo(1_000_000);
  }

  @Test
  void workersHaveOneThreadEach() {
    assertThat(read("word2vec", "embedding.threads=2").embedding().threads()).isEqualTo(2);
    assertThatThrownBy(() -> read("word2vec", "embedding.threads=2", "training.workers=2"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot use embedding.threads");
  }
}
