package io.headwater.model.fasttext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordVectors;
import io.headwater.model.fasttext.ClassifierSettings.Loss;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FastTextClassifierTest {
  private static final List<List<String>> TEXTS =
      List.of(
          List.of("a", "fine", "film"),
          List.of("no", "film"),
          List.of("fine", "fine"),
          List.of("so", "so", "film"));
  private static final int[] LABELS = {0, 1, 0, 2};

  @TempDir private Path folder;

  /** A step of rate r moves each parameter by -r times the loss's derivative, in one example. */
  @ParameterizedTest
  @EnumSource(value = Loss.class, names = "NS", mode = EnumSource.Mode.EXCLUDE)
  void aStepIsThatOfTheDerivative(Loss loss) {
    float rate = 1e-3f;
    FastTextClassifier model = filled(loss);
    int[][] text = {model.features(TEXTS)[3]};
    FastTextClassifier stepped = filled(loss);
    new ClassifierTrainer(stepped, true, rate, 1).epoch(0, text, new int[] {2});

    for (Rows[] rows :
        List.of(
            new Rows[] {model.input(), stepped.input()},
            new Rows[] {model.output(), stepped.output()})) {
      for (int row = 0; row < rows[0].count(); row++) {
        for (int d = 0; d < rows[0].width(); d++) {
          float before = rows[0].row(row)[d];
          double difference = derivative(model, rows[0], row, d, text);
          double moved = (before - rows[1].row(row)[d]) / rate;
          assertThat(moved).isCloseTo(difference, within(2e-3));
        }
      }
    }
  }

  private static double derivative(
      FastTextClassifier model, Rows rows, int row, int d, int[][] text) {
    float h = 1e-2f;
    float[] values = rows.row(row);
    float before = values[d];
    values[d] = before + h;
    rows.set(row, values);
    double up = -model.logProbabilities(text)[0][2];
    values[d] = before - h;
    rows.set(row, values);
    double down = -model.logProbabilities(text)[0][2];
    values[d] = before;
    rows.set(row, values);
    return (up - down) / (2 * h);
  }

  @ParameterizedTest
  @EnumSource
  void learnsItsTextsAndReadsBackWhatItWrote(Loss loss) {
    FastTextClassifier model = filled(loss);
    ClassifierTrainer trainer = new ClassifierTrainer(model, true, 0.5, 3);
    int[][] features = model.features(TEXTS);
    double first = trainer.epoch(0, features, LABELS);
    double last = first;
    for (int epoch = 1; epoch < model.settings().epochs(); epoch++) {
      last = trainer.epoch(epoch, features, LABELS);
    }

    assertThat(last).isLessThan(first / 2);
    float[][] logs = model.logProbabilities(features);
    for (int text = 0; text < LABELS.length; text++) {
      assertThat(best(logs[text])).isEqualTo(LABELS[text]);
    }
    Path file = folder.resolve("model.bin");
    ClassifierFormat.write(model, file);
    assertThat(ClassifierFormat.read(file).logProbabilities(features)).isDeepEqualTo(logs);
    assertThat(ClassifierFormat.read(file).settings()).isEqualTo(model.settings());
  }

  @Test
  void theHeadAloneIsTrainedWhereTheInputIsFrozen() {
    FastTextClassifier model = filled(Loss.SOFTMAX);
    FastTextClassifier before = filled(Loss.SOFTMAX);
    new ClassifierTrainer(model, false, 0.5, 3).epoch(0, model.features(TEXTS), LABELS);

    for (int row = 0; row < model.input().count(); row++) {
      assertThat(model.input().row(row)).containsExactly(before.input().row(row));
    }
    assertThat(model.output().row(0)).isNotEqualTo(before.output().row(0));
  }

  @Test
  void wordsOfVectorsKeepThemAndOthersJoin() {
    Rows rows = new Rows(3, 2);
    rows.set(0, new float[] {1, 2});
    rows.set(1, new float[] {3, 4});
    rows.set(2, new float[] {5, 6});
    ClassifierInput vectors =
        ClassifierInput.of(new WordVectors(List.of("film", "cat", "film"), rows));
    ClassifierInput grown = vectors.with(TEXTS, 2, 10, 1);

    assertThat(vectors.words().words()).containsExactly("film", "cat");
    assertThat(grown.words().words()).containsExactly("film", "cat", "</s>", "fine", "so");
    assertThat(grown.rows().row(0)).containsExactly(1, 2);
    assertThat(grown.rows().row(1)).containsExactly(3, 4);
    assertThat(grown.rows().count()).isEqualTo(15);
  }

  @Test
  void refusesFilesThatAreCutShortAndLabelsWithBlanks() throws IOException {
    FastTextClassifier model = filled(Loss.SOFTMAX);
    Path file = folder.resolve("model.bin");
    ClassifierFormat.write(model, file);
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 8; length < bytes.length; length += 97) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> ClassifierFormat.read(file)).isInstanceOf(UserException.class);
    }
    FastTextClassifier blank =
        new FastTextClassifier(
            model.settings(),
            model.words(),
            vocabulary("so so", "bad", "good"),
            model.input(),
            model.output());
    assertThatThrownBy(() -> ClassifierFormat.write(blank, file))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("label 'so so' has a blank");
  }

  private static int best(float[] logs) {
    return IntStream.range(0, logs.length).reduce((a, b) -> logs[a] >= logs[b] ? a : b).orElse(-1);
  }

  private static FastTextClassifier filled(Loss loss) {
    Subwords subwords = new Subwords(2, 3, 40);
    ClassifierInput input = ClassifierInput.drawn(TEXTS, 1, subwords, 6, 9);
    ClassifierSettings settings = new ClassifierSettings(loss, 6, 2, 3, 200, 1, subwords);
    FastTextClassifier model =
        FastTextClassifier.untrained(settings, input, vocabulary("good", "bad", "so"));
    for (int row = 0; row < model.output().count(); row++) {
      model.output().set(row, new float[] {row, 1, -row, 0.5f, 0.1f * row, -1});
    }
    return model;
  }

  private static Vocabulary vocabulary(String... words) {
    return Vocabulary.ordered(
        IntStream.range(0, words.length)
            .mapToObj(id -> new Vocabulary.Count(words[id], 10 - id))
            .toList());
  }
}
