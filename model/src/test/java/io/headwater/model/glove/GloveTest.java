package io.headwater.model.glove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.GloveFormat;
import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordSequence;
import io.headwater.model.embedding.WordVectors;
import io.headwater.model.word2vec.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On two topics of ten words that seldom meet. */
class GloveTest {
  private static final int TOPIC = 10;
  private static final int SENTENCES = 2000;
  private static final int LENGTH = 12;

  @TempDir private Path folder;
  private final Vocabulary vocabulary = vocabulary(2 * TOPIC);

  @ParameterizedTest
  @CsvSource({"1,VECTOR", "1,SCALAR", "2,VECTOR", "3,SCALAR"})
  void wordsThatKeepCompanyLieTogether(int threads, Kernels kernels) {
    WordVectors unit = train(config(20, threads, 40), kernels).vectors().normalized();

    double within = 0;
    double between = 0;
    for (int a = 0; a < 2 * TOPIC; a++) {
      for (int b = 0; b < a; b++) {
        double cosine = unit.product(a, unit.rows().row(b));
        if (a / TOPIC == b / TOPIC) {
          within += cosine / (TOPIC * (TOPIC - 1));
        } else {
          between += cosine / (TOPIC * TOPIC);
        }
      }
    }
    assertThat(within).isGreaterThan(between + 0.5);
  }

  @ParameterizedTest
  @EnumSource
  void oneThreadGivesTheSameBitsAgain(Kernels kernels) {
    GloveModel first = train(config(20, 1, 3), kernels);
    GloveModel second = train(config(20, 1, 3), kernels);

    for (int word = 0; word < vocabulary.size(); word++) {
      assertThat(first.word().row(word)).isEqualTo(second.word().row(word));
      assertThat(first.contextSquares().row(word)).isEqualTo(second.contextSquares().row(word));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 15, 16, 33, 100, 300})
  void vectorAgreesWithScalar(int dim) {
    GloveModel vector = GloveModel.initial(vocabulary, config(dim, 1, 1));
    GloveModel scalar = GloveModel.initial(vocabulary, config(dim, 1, 1));
    GloveKernel fast = new VectorGloveKernel(vector.rows(), 0.05);
    GloveKernel plain = new ScalarGloveKernel(scalar.rows(), 0.05);
    Random random = new Random(4);

    for (int step = 0; step < 300; step++) {
      int word = random.nextInt(vocabulary.size());
      int context = random.nextInt(vocabulary.size());
      float logarithm = 4 * random.nextFloat();
      float weight = random.nextFloat();
      assertThat(fast.step(word, context, logarithm, weight))
          .isCloseTo(plain.step(word, context, logarithm, weight), within(1e-4f));
    }

    assertClose(vector.word(), scalar.word());
    assertClose(vector.context(), scalar.context());
    assertClose(vector.wordSquares(), scalar.wordSquares());
    assertClose(vector.contextSquares(), scalar.contextSquares());
  }

  /** While all squares are one, a step is the rate times the gradient. */
  @ParameterizedTest
  @EnumSource
  void theFirstStepIsTheGradient(Kernels kernels) {
    GloveModel model = GloveModel.initial(vocabulary, config(10, 1, 1));
    GloveModel before = GloveModel.initial(vocabulary, config(10, 1, 1));
    float h = 1f / 64;
    float rate = 1e-3f;
    float loss = kernel(kernels, model, rate).step(3, 5, 2, 0.5f);

    assertThat(loss).isCloseTo((float) loss(before), within(1e-5f));
    for (int d = 0; d <= 10; d++) {
      assertThat((model.word().row(3)[d] - before.word().row(3)[d]) / rate)
          .isCloseTo(-(float) slope(before, before.word(), 3, d, h), within(1e-3f));
      assertThat((model.context().row(5)[d] - before.context().row(5)[d]) / rate)
          .isCloseTo(-(float) slope(before, before.context(), 5, d, h), within(1e-3f));
    }
  }

  private static GloveKernel kernel(Kernels kernels, GloveModel model, double rate) {
    return kernels == Kernels.VECTOR
        ? new VectorGloveKernel(model.rows(), rate)
        : new ScalarGloveKernel(model.rows(), rate);
  }

  /** The loss is a parabola in each weight: central differences are exact. */
  private static double slope(GloveModel model, Rows rows, int row, int d, float h) {
    int at = rows.offset(row) + d;
    float value = rows.block(row)[at];
    rows.block(row)[at] = value + h;
    double above = loss(model);
    rows.block(row)[at] = value - h;
    double below = loss(model);
    rows.block(row)[at] = value;
    return (above - below) / (2 * h);
  }

  private static double loss(GloveModel model) {
    float[] w = model.word().row(3);
    float[] c = model.context().row(5);
    double difference = w[10] + (double) c[10] - 2;
    for (int d = 0; d < 10; d++) {
      difference += (double) w[d] * c[d];
    }
    return 0.5 * 0.5 * difference * difference;
  }

  @Test
  void readsWhatItWrote() {
    WordVectors vectors = GloveModel.initial(vocabulary, config(7, 1, 1)).vectors();
    Path file = folder.resolve("vectors.txt");

    GloveFormat.write(vectors, file);
    WordVectors read = GloveFormat.read(file);

    assertThat(GloveFormat.reads(file)).isTrue();
    assertThat(read.words()).isEqualTo(vectors.words());
    for (int id = 0; id < read.words().size(); id++) {
      assertThat(read.rows().row(id)).isEqualTo(vectors.rows().row(id));
    }
  }

  @Test
  void readsWordsWithSpacesAndRejectsShortLines() throws IOException {
    Path file = folder.resolve("vectors.txt");
    Files.writeString(file, "king 1 2.5\n. . . -1e-3 4\n");
    assertThat(GloveFormat.read(file).words()).containsExactly("king", ". . .");
    assertThat(GloveFormat.read(file).rows().row(1)).containsExactly(-1e-3f, 4);

    Files.writeString(file, "king 1 2.5\nqueen 1\n");
    assertThatThrownBy(() -> GloveFormat.read(file))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("line 2 is no word with 2 numbers");
  }

  private GloveModel train(GloveConfig config, Kernels kernels) {
    GloveModel model = GloveModel.initial(vocabulary, config);
    try (Cooccurrences entries = Counting.shuffled(corpus(), config, 1 << 22, folder)) {
      GloveTrainer trainer = new GloveTrainer(model, config, entries, kernels);
      for (int epoch = 0; epoch < config.epochs(); epoch++) {
        trainer.epoch(done -> {});
      }
    }
    return model;
  }

  private static void assertClose(Rows actual, Rows expected) {
    for (int row = 0; row < expected.count(); row++) {
      for (int d = 0; d < expected.width(); d++) {
        assertThat(actual.row(row)[d]).isCloseTo(expected.row(row)[d], within(2e-4f));
      }
    }
  }

  private static GloveConfig config(int dim, int threads, int epochs) {
    return new GloveConfig(dim, 5, 1000, 0.75, 0.05, epochs, threads, 7);
  }

  private static Vocabulary vocabulary(int words) {
    List<Vocabulary.Count> counts = new ArrayList<>();
    for (int word = 0; word < words; word++) {
      counts.add(new Vocabulary.Count("w" + word, 1000 - word));
    }
    return Vocabulary.of(counts, 1);
  }

  /** A sentence keeps to its topic but for one word in twenty. */
  private static WordSequence corpus() {
    Random random = new Random(3);
    int[] ids = new int[SENTENCES * (LENGTH + 1)];
    for (int s = 0, at = 0; s < SENTENCES; s++) {
      int topic = random.nextInt(2);
      for (int w = 0; w < LENGTH; w++) {
        int of = random.nextInt(20) == 0 ? 1 - topic : topic;
        ids[at++] = of * TOPIC + random.nextInt(TOPIC);
      }
      ids[at++] = WordSequence.SENTENCE_END;
    }
    return WordSequence.of(ids);
  }
}
