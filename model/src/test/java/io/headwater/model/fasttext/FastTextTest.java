package io.headwater.model.fasttext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordSequence;
import io.headwater.model.embedding.WordVectors;
import io.headwater.model.word2vec.Kernels;
import io.headwater.model.word2vec.Word2VecConfig;
import io.headwater.model.word2vec.Word2VecConfig.Algorithm;
import io.headwater.model.word2vec.Word2VecConfig.Loss;
import io.headwater.model.word2vec.Word2VecConfig.Negatives;
import io.headwater.model.word2vec.Word2VecModel;
import io.headwater.model.word2vec.Word2VecTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** On two topics of ten words that never meet; words of a topic share their beginning. */
class FastTextTest {
  private static final int TOPIC = 10;
  private static final int SENTENCES = 1500;
  private static final int LENGTH = 12;
  private static final Subwords SUBWORDS = new Subwords(3, 5, 5000);

  @TempDir private Path folder;
  private final Vocabulary vocabulary = vocabulary();

  @ParameterizedTest
  @CsvSource({
    "SKIPGRAM,NS,SHARED,1,VECTOR",
    "SKIPGRAM,NS,SHARED,1,SCALAR",
    "SKIPGRAM,NS,SHARED,2,VECTOR",
    "SKIPGRAM,NS,PAIR,1,VECTOR",
    "SKIPGRAM,HS,SHARED,1,VECTOR",
    "SKIPGRAM,HS,PAIR,1,SCALAR",
    "CBOW,NS,SHARED,1,VECTOR",
    "CBOW,HS,SHARED,1,SCALAR"
  })
  void wordsThatKeepCompanyLieTogetherAndSoDoUnseenOnes(
      Algorithm algorithm, Loss loss, Negatives negatives, int threads, Kernels kernels) {
    WordVectors unit =
        train(config(algorithm, loss, negatives, threads), kernels).vectors().normalized();

    assertThat(cosine(unit, "redness3", "redness7"))
        .isGreaterThan(cosine(unit, "redness3", "blueish7") + 0.3);
    assertThat(unit.id("redness99")).isNegative();
    assertThat(cosine(unit, "redness99", "redness7"))
        .isGreaterThan(cosine(unit, "redness99", "blueish7") + 0.3);
  }

  @ParameterizedTest
  @EnumSource
  void oneThreadGivesTheSameBitsAgain(Algorithm algorithm) {
    Word2VecConfig config = config(algorithm, Loss.NS, Negatives.SHARED, 1);

    Rows first = train(config, Kernels.VECTOR).matrices().input();
    Rows second = train(config, Kernels.VECTOR).matrices().input();

    for (long row = 0; row < first.count(); row++) {
      assertThat(first.row(row)).isEqualTo(second.row(row));
    }
  }

  /** Without n-grams and with no word twice in a sentence nothing that waits is missed. */
  @ParameterizedTest
  @EnumSource
  void aMeanOfOneRowThatWaitsIsTheRow(Kernels kernels) {
    Word2VecConfig config = config(Algorithm.SKIPGRAM, Loss.HS, Negatives.SHARED, 1);
    FastTextSettings settings = FastTextSettings.of(config, 1, new Subwords(0, 0, 0));
    FastTextModel waiting = FastTextModel.initial(vocabulary, config, settings);
    Word2VecModel direct = FastTextModel.initial(vocabulary, config, settings).matrices();
    int[] sentence = IntStream.range(0, 2 * TOPIC).toArray();

    waiting.trainer(config, WordSequence.of(sentence), kernels).epoch(0, done -> {});
    new Word2VecTrainer(direct, config, WordSequence.of(sentence), kernels).epoch(0, done -> {});

    for (long row = 0; row < direct.input().count(); row++) {
      for (int d = 0; d < config.dim(); d++) {
        assertThat(waiting.matrices().input().row(row)[d])
            .isCloseTo(direct.input().row(row)[d], within(1e-6f));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsWhatItWrote(Loss loss) {
    FastTextModel model =
        train(config(Algorithm.SKIPGRAM, loss, Negatives.SHARED, 1), Kernels.VECTOR);
    Path file = folder.resolve("model.bin");

    FastTextFormat.write(model, file);
    FastTextModel read = FastTextFormat.read(file);

    assertThat(FastTextFormat.reads(file)).isTrue();
    assertThat(read.settings()).isEqualTo(model.settings());
    assertThat(read.vocabulary().words()).isEqualTo(vocabulary.words());
    assertThat(read.vocabulary().count(3)).isEqualTo(vocabulary.count(3));
    assertSame(read.matrices().input(), model.matrices().input());
    assertSame(read.matrices().output(), model.matrices().output());
  }

  /** A run may have such a threshold; the file has 32 bits for it. */
  @Test
  void rejectsAMinCountThatTheFileHasNoRoomFor() {
    Word2VecConfig config = config(Algorithm.SKIPGRAM, Loss.NS, Negatives.SHARED, 1);
    FastTextModel model =
        FastTextModel.initial(
            vocabulary, config, FastTextSettings.of(config, 1L << 31, new Subwords(0, 0, 0)));
    Path file = folder.resolve("vectors.bin");

    assertThatThrownBy(() -> FastTextFormat.write(model, file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("min-count is 2147483648");
    assertThat(file).doesNotExist();
  }

  @Test
  void rejectsTruncatedFiles() throws IOException {
    Word2VecConfig config = config(Algorithm.CBOW, Loss.NS, Negatives.SHARED, 1);
    Path file = folder.resolve("model.bin");
    FastTextFormat.write(
        FastTextModel.initial(
            vocabulary, config, FastTextSettings.of(config, 1, new Subwords(3, 3, 2))),
        file);
    byte[] whole = Files.readAllBytes(file);

    for (int length = 0; length < whole.length; length += 7) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> FastTextFormat.read(file))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("model.bin");
    }
  }

  @Test
  void rejectsAFileOfAClassifier() throws IOException {
    Word2VecConfig config = config(Algorithm.CBOW, Loss.NS, Negatives.SHARED, 1);
    Path file = folder.resolve("model.bin");
    FastTextFormat.write(
        FastTextModel.initial(vocabulary, config, FastTextSettings.of(config, 1, SUBWORDS)), file);
    byte[] whole = Files.readAllBytes(file);
    whole[8 + 7 * Integer.BYTES] = 3;
    Files.write(file, whole);

    assertThatThrownBy(() -> FastTextFormat.read(file))
        .hasMessageEndingWith("it is of a classifier, not of word vectors");
  }

  private FastTextModel train(Word2VecConfig config, Kernels kernels) {
    FastTextModel model =
        FastTextModel.initial(vocabulary, config, FastTextSettings.of(config, 1, SUBWORDS));
    Word2VecTrainer trainer = model.trainer(config, corpus(), kernels);
    for (int epoch = 0; epoch < config.epochs(); epoch++) {
      trainer.epoch(epoch, done -> {});
    }
    return model;
  }

  private static double cosine(WordVectors unit, String first, String second) {
    float[] x = unit.vector(first).orElseThrow();
    float[] y = unit.vector(second).orElseThrow();
    double sum = 0;
    for (int d = 0; d < x.length; d++) {
      sum += x[d] * y[d];
    }
    return sum;
  }

  private static void assertSame(Rows actual, Rows expected) {
    assertThat(actual.count()).isEqualTo(expected.count());
    for (long row = 0; row < expected.count(); row++) {
      assertThat(actual.row(row)).containsExactly(expected.row(row));
    }
  }

  private static Word2VecConfig config(
      Algorithm algorithm, Loss loss, Negatives negatives, int threads) {
    return new Word2VecConfig(algorithm, loss, 20, 5, 0, 5, negatives, 0.05, 5, threads, 7);
  }

  private static Vocabulary vocabulary() {
    List<Vocabulary.Count> counts = new ArrayList<>();
    for (int word = 0; word < 2 * TOPIC; word++) {
      String topic = word < TOPIC ? "redness" : "blueish";
      counts.add(new Vocabulary.Count(topic + word % TOPIC, 1000 - word));
    }
    return Vocabulary.of(counts, 1);
  }

  private static WordSequence corpus() {
    Random random = new Random(3);
    int[] ids = new int[SENTENCES * (LENGTH + 1)];
    for (int s = 0, at = 0; s < SENTENCES; s++) {
      int topic = random.nextInt(2);
      for (int w = 0; w < LENGTH; w++) {
        ids[at++] = topic * TOPIC + random.nextInt(TOPIC);
      }
      ids[at++] = WordSequence.SENTENCE_END;
    }
    return WordSequence.of(ids);
  }
}
