package io.headwater.finetune.words;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.words.Segmentation;
import io.headwater.finetune.Columns;
import io.headwater.finetune.Method;
import io.headwater.finetune.Scores;
import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.WordVectors;
import io.headwater.model.fasttext.ClassifierCheckpoint;
import io.headwater.model.fasttext.ClassifierInput;
import io.headwater.model.fasttext.ClassifierSettings.Loss;
import io.headwater.model.fasttext.FastTextClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts of two topics of forty words each; vectors know the topics, few texts do not. */
class WordClassificationTest {
  private static final int TOPIC = 40;

  private static final TextReading READING =
      new TextReading(Segmentation.BLANKS, true, Set.of("new_york", "new_york_city"));

  @TempDir private Path folder;
  private String train;
  private String held;

  @BeforeEach
  void writeTexts() throws IOException {
    Random random = new Random(5);
    train = write("train.tsv", 40, random);
    held = write("held.tsv", 100, random);
  }

  private String write(String name, int texts, Random random) throws IOException {
    StringBuilder lines = new StringBuilder("text\tlabel\n");
    for (int text = 0; text < texts; text++) {
      int topic = text % 2;
      for (int word = 0; word < 5; word++) {
        int of = random.nextInt(8) == 0 ? 1 - topic : topic;
        lines.append(word == 0 ? "" : " ").append(word(of, random.nextInt(TOPIC)));
      }
      lines.append('\t').append(topic).append('\n');
    }
    return Files.writeString(folder.resolve(name), lines).toString();
  }

  private static String word(int topic, int word) {
    return (topic == 0 ? "Cat" : "Dog") + word;
  }

  /** In lower case; a topic is a direction, hidden in noise. */
  private static ClassifierInput vectors() {
    Random random = new Random(7);
    Rows rows = new Rows(2L * TOPIC, 8);
    String[] words = new String[2 * TOPIC];
    for (int id = 0; id < words.length; id++) {
      words[id] = word(id / TOPIC, id % TOPIC).toLowerCase(Locale.ROOT);
      float[] row = new float[8];
      for (int d = 0; d < row.length; d++) {
        row[d] = (float) random.nextGaussian() * 0.4f + (d == 3 ? (id < TOPIC ? 1 : -1) : 0);
      }
      rows.set(id, row);
    }
    return ClassifierInput.of(new WordVectors(List.of(words), rows));
  }

  @ParameterizedTest
  @CsvSource({"FULL,SOFTMAX", "FULL,HS", "FULL,NS", "PROBE,SOFTMAX", "SCRATCH,SOFTMAX"})
  void aClassifierReadAgainHasTheScoresOfItsReport(Method method, Loss loss) {
    WordClassifierReport report = run(method, loss, 5, "task");

    try (Checkpoint checkpoint = Checkpoint.open(folder.resolve("task").toString())) {
      FastTextClassifier model = ClassifierCheckpoint.read(checkpoint);
      TextReading reading = TextReading.of(checkpoint);
      assertThat(reading).isEqualTo(READING);
      Scores again = WordClassification.score(model, reading, held, Columns.DEFAULT);
      assertThat(again).isEqualTo(report.scores());
      assertThat(checkpoint.config().path("id2label").path("0").asText()).isEqualTo("0");
    }
    assertThat(report.trainExamples()).isEqualTo(10);
    assertThat(report.epochLosses().get(24)).isLessThan(report.epochLosses().get(0));
  }

  @Test
  void vectorsHelpWhereLabelsAreFew() {
    double pretrained = run(Method.FULL, Loss.SOFTMAX, 5, "full").scores().main();
    double probe = run(Method.PROBE, Loss.SOFTMAX, 5, "probe").scores().main();
    double scratch = run(Method.SCRATCH, Loss.SOFTMAX, 5, "scratch").scores().main();

    assertThat(pretrained).isGreaterThan(0.9).isGreaterThan(scratch + 0.05);
    assertThat(probe).isGreaterThan(0.9).isGreaterThan(scratch + 0.05);
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    run(Method.FULL, Loss.NS, 0, "first");
    run(Method.FULL, Loss.NS, 0, "second");

    assertThat(folder.resolve("second/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("first/model.safetensors"));
  }

  @Test
  void refusesWhatWordVectorsDoNotHave() {
    assertThatThrownBy(() -> run(Method.LORA, Loss.SOFTMAX, 0, "task"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("must be full, probe or scratch");
    assertThatThrownBy(
            () ->
                new WordClassifierConfig(
                    train,
                    held,
                    new Columns("text", Optional.of("pair"), "label"),
                    Method.FULL,
                    TextReading.PLAIN,
                    WordClassifierSettings.defaults(Method.FULL),
                    "task"))
        .isInstanceOf(UserException.class);
  }

  private WordClassifierReport run(Method method, Loss loss, int perClass, String output) {
    WordClassifierSettings some = WordClassifierSettings.defaults(method);
    WordClassifierSettings settings =
        new WordClassifierSettings(loss, 1, 100, 2, 1, 25, some.learningRate(), perClass, 1);
    return WordClassification.run(
        new WordClassifierConfig(
            train,
            held,
            Columns.DEFAULT,
            method,
            READING,
            settings,
            folder.resolve(output).toString()),
        vectors(),
        (epoch, epochs, mean) -> {});
  }
}
