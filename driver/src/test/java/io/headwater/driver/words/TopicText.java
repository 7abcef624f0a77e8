package io.headwater.driver.words;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.config.EmbeddingConfigReader;
import io.headwater.driver.run.Progress;
import io.headwater.driver.run.StopSignal;
import io.headwater.model.embedding.WordVectors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A text of a hundred words w0, w1 ... in five topics of twenty: each second sentence is of one
 * topic, the others are of any words; and short runs over it.
 */
final class TopicText {
  static final int WORDS = 40_000;
  private static final int TOPIC = 20;
  private static final int TOPICS = 5;

  private final Path folder;

  private TopicText(Path folder) {
    this.folder = folder;
  }

  static TopicText write(Path folder) {
    Random random = new Random(3);
    List<String> lines = new ArrayList<>();
    for (int line = 0; line < WORDS / 10; line++) {
      int topic = TOPIC * random.nextInt(TOPICS);
      int from = line % 2 == 0 ? topic : 0;
      int to = line % 2 == 0 ? topic + TOPIC : TOPIC * TOPICS;
      lines.add(String.join(" ", random.ints(10, from, to).mapToObj(word -> "w" + word).toList()));
    }
    try {
      Files.write(folder.resolve("text.txt"), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new TopicText(folder);
  }

  /** Of two epochs. */
  EmbeddingConfig config(String family, String output, String... settings) {
    List<String> all = new ArrayList<>(List.of("embedding.dim=12", "embedding.epochs=2"));
    all.addAll(List.of(settings));
    all.removeIf(String::isEmpty);
    all.add("corpus=" + folder.resolve("text.txt"));
    all.add("output=" + folder.resolve(output));
    all.add("model.preset=" + family);
    all.add("spark.master=local[2]");
    return EmbeddingConfigReader.read(Optional.empty(), all, Map.of());
  }

  static EmbeddingReport run(EmbeddingConfig config, boolean resume) {
    return EmbeddingRun.run(config, resume, new StopSignal(), Progress.none());
  }

  /** By how much the cosine of words of one topic exceeds that of words of two, in the mean. */
  static double contrast(WordVectors vectors) {
    WordVectors unit = vectors.normalized();
    double within = 0;
    double across = 0;
    int words = TOPIC * TOPICS;
    for (int one = 0; one < words; one++) {
      for (int other = 0; other < one; other++) {
        double cosine = cosine(unit, one, other);
        within += one / TOPIC == other / TOPIC ? cosine : 0;
        across += one / TOPIC == other / TOPIC ? 0 : cosine;
      }
    }
    int pairs = words * (words - 1) / 2;
    int same = words * (TOPIC - 1) / 2;
    return within / same - across / (pairs - same);
  }

  private static double cosine(WordVectors unit, int one, int other) {
    float[] x = unit.vector("w" + one).orElseThrow();
    float[] y = unit.vector("w" + other).orElseThrow();
    double product = 0;
    for (int d = 0; d < x.length; d++) {
      product += x[d] * y[d];
    }
    return product;
  }

  /** Bit for bit. */
  static void assertSame(String expected, String actual) {
    WordVectors one = WordVectorSource.read(expected);
    WordVectors other = WordVectorSource.read(actual);
    assertThat(other.words()).isEqualTo(one.words());
    for (int id = 0; id < one.words().size(); id++) {
      assertThat(other.rows().row(id)).containsExactly(one.rows().row(id));
    }
  }
}
