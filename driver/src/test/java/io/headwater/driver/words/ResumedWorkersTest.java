package io.headwater.driver.words;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.Storage;
import io.headwater.model.embedding.CheckpointWords;
import io.headwater.model.embedding.Rows;
import io.headwater.model.word2vec.Word2VecCheckpoint;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs by workers that stop after an epoch and go on, by others or in one process. */
class ResumedWorkersTest {
  private static final int WORDS = 100;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"word2vec,'',1", "fasttext,embedding.buckets=20000,2"})
  void theRunGoesOnWithTheRowsThatItHad(String family, String setting, int workers)
      throws IOException {
    TopicText text = TopicText.write(folder);
    double before = metric("headwater_tokens_total");
    String second =
        TopicText.run(text.config(family, "run", setting, "training.workers=2"), false)
            .checkpoint();
    assertThat(metric("headwater_tokens_total") - before).isEqualTo(2 * TopicText.WORDS);
    assertThat(loss("skipgram")).isBetween(0.01, 1.0);
    Storage.delete(second);

    EmbeddingReport resumed =
        TopicText.run(text.config(family, "run", setting, "training.workers=" + workers), true);

    assertThat(resumed.checkpoint()).isEqualTo(second);
    assertThat(metric("headwater_tokens_total") - before).isEqualTo(3 * TopicText.WORDS);
    Rows first = inputs(folder.resolve("run/step-00000001").toString());
    Rows last = inputs(second);
    assertThat(last.count()).isEqualTo(first.count());
    int still = 0;
    for (long row = 0; row < first.count(); row++) {
      still += Arrays.equals(first.row(row), last.row(row)) ? 1 : 0;
    }
    // Of the buckets most have no n-gram of these words: they are as they were.
    assertThat(still)
        .isBetween(family.equals("fasttext") ? 15_000 : 0, (int) first.count() - WORDS);
    // An epoch over new rows would begin with the loss of drawn ones.
    assertThat(resumed.loss()).isLessThan(lossOfFirstEpoch());
  }

  private double lossOfFirstEpoch() throws IOException {
    return new ObjectMapper()
        .readTree(Files.readAllLines(folder.resolve("run/metrics.jsonl")).get(0))
        .path("loss")
        .asDouble();
  }

  private static Rows inputs(String checkpoint) {
    try (Checkpoint open = Checkpoint.open(checkpoint)) {
      return CheckpointWords.rows(open, Word2VecCheckpoint.INPUT);
    }
  }

  private static double loss(String objective) {
    return CollectorRegistry.defaultRegistry.getSampleValue(
        "headwater_loss", new String[] {"objective"}, new String[] {objective});
  }

  private static double metric(String name) {
    Double value = CollectorRegistry.defaultRegistry.getSampleValue(name);
    return value == null ? 0 : value;
  }
}
