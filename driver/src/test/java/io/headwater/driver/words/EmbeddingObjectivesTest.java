package io.headwater.driver.words;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.model.word2vec.Word2VecCheckpoint;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever predicts what, words of a topic come to lie together: in one process and by workers. */
class EmbeddingObjectivesTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"cbow,ns,1", "skipgram,hs,1", "cbow,ns,2", "skipgram,hs,2"})
  void wordsOfATopicLieTogether(String algorithm, String loss, int workers) {
    TopicText text = TopicText.write(folder);

    EmbeddingReport report =
        TopicText.run(
            text.config(
                "word2vec",
                "run",
                "embedding.algorithm=" + algorithm,
                "embedding.loss=" + loss,
                "embedding.sample=0",
                "embedding.learning-rate=0.1",
                "training.workers=" + workers),
            false);

    assertThat(TopicText.contrast(WordVectorSource.read(report.checkpoint()))).isGreaterThan(0.3);
    try (Checkpoint checkpoint = Checkpoint.open(report.checkpoint())) {
      assertThat(checkpoint.config().path("algorithm").asText()).isEqualTo(algorithm);
      assertThat(checkpoint.config().path("loss").asText()).isEqualTo(loss);
      assertThat(checkpoint.layout().entry(Word2VecCheckpoint.OUTPUT).shape().get(0))
          .isEqualTo(loss.equals("hs") ? 99 : 100);
    }
  }
}
