package io.headwater.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.finetune.classify.Classification;
import io.headwater.model.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FineTuneTaskTest {
  private static final Classification TASK = new Classification();

  @TempDir Path folder;
  private String checkpoint;

  @BeforeEach
  void writeCheckpoint() {
    checkpoint = TinyCheckpoint.write(folder.resolve("pretrained"));
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void learnsWhatIsSeparableAndIsScoredAgainWithEqualFigures(Method method) throws IOException {
    String train = writeTexts("train.csv", 1, 240);
    String held = writeTexts("held.csv", 2, 60);
    List<Double> losses = new ArrayList<>();
    FineTuneProgress progress =
        new FineTuneProgress() {
          @Override
          public void epoch(int epoch, int epochs, Trained.Epoch result) {
            losses.add(result.loss());
          }
        };
    FineTuneReport report = FineTuneTask.run(config(method, train, held, 0), progress);
    assertThat(report.scores().measure("accuracy")).isEqualTo(1);
    assertThat(report.scores().measure("macro_f1")).isEqualTo(1);
    assertThat(report.scores().measure("auc")).isEqualTo(1);
    assertThat(report.scores().confusion().orElseThrow().labels())
        .containsExactly("bird", "fish", "tree");
    assertThat(report.epochLosses()).isEqualTo(losses);
    assertThat(losses.get(losses.size() - 1)).isLessThan(losses.get(0));
    assertThat(report.trainExamples()).isEqualTo(240);
    assertThat(evaluated(report.directory(), held)).isEqualTo(report.scores());
  }

  @Test
  void writesAHuggingFaceSequenceClassifier() throws IOException {
    FineTuneReport report = run(Method.PROBE, writeTexts("train.csv", 1, 30), 0);
    try (Checkpoint task = Checkpoint.open(report.directory());
        Checkpoint pretrained = Checkpoint.open(checkpoint)) {
      JsonNode config = task.config();
      assertThat(config.path("architectures").path(0).asText())
          .isEqualTo("GPT2ForSequenceClassification");
      assertThat(config.path("id2label").path("1").asText()).isEqualTo("fish");
      assertThat(config.path("label2id").path("tree").asInt()).isEqualTo(2);
      assertThat(config.path("pad_token_id").asInt()).isEqualTo(256);
      assertThat(task.tokenizer().orElseThrow()).isEqualTo(pretrained.tokenizer().orElseThrow());
      assertThat(task.layout().entry("score.weight").shape())
          .containsExactly(3L, (long) TinyCheckpoint.WIDTH);
      for (TensorLayout.Entry entry : pretrained.layout().entries()) {
        assertThat(read(task, entry.name())).isEqualTo(read(pretrained, entry.name()));
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameModel() throws IOException {
    String train = writeTexts("train.csv", 1, 60);
    FineTuneReport first = run(Method.FULL, train, 5);
    byte[] model = Files.readAllBytes(Path.of(first.directory()).resolve("model.safetensors"));
    FineTuneReport second = run(Method.FULL, train, 5);
    assertThat(Path.of(second.directory()).resolve("model.safetensors")).hasBinaryContent(model);
    assertThat(second.epochLosses()).isEqualTo(first.epochLosses());
    assertThat(first.trainExamples()).isEqualTo(15);
  }

  @Test
  void textsAreCutAtTheMaximumLengthAlsoWhenTheModelIsReadAgain() throws IOException {
    String train = writeTexts("train.csv", 1, 30);
    FineTuneSettings settings =
        FineTuneSettings.defaults(Method.FULL)
            .withEpochs(2)
            .withSelection(FineTuneSettings.Selection.ALL.withMaxLength(5));
    FineTuneReport report =
        FineTuneTask.run(
            new FineTuneConfig(
                TASK, checkpoint, train, train, Columns.DEFAULT, Method.FULL, settings, output()),
            FineTuneProgress.NONE);
    assertThat(report.truncated()).isEqualTo(60);
    assertThat(evaluated(output(), train)).isEqualTo(report.scores());
  }

  @Test
  void refusesALabelThatWasNotTrained() throws IOException {
    String train = writeTexts("train.csv", 1, 30);
    Path held = Files.writeString(folder.resolve("held.csv"), "text,label\nhello,fish\nhi,cat\n");
    assertThatThrownBy(
            () ->
                FineTuneTask.run(
                    config(Method.FULL, train, held.toString(), 0), FineTuneProgress.NONE))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("held.csv, line 3: label 'cat' was not trained")
        .hasMessageContaining("[bird, fish, tree]");
    assertThat(Path.of(output())).doesNotExist();
  }

  @Test
  void refusesMoreExamplesOfALabelThanThereAre() throws IOException {
    String train = writeTexts("train.csv", 1, 30);
    assertThatThrownBy(() -> run(Method.PROBE, train, 1000))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Cannot draw 1000 examples of each label");
  }

  @Test
  void refusesASingleLabel() throws IOException {
    Path train = Files.writeString(folder.resolve("one.csv"), "text,label\na,x\nb,x\n");
    assertThatThrownBy(() -> run(Method.PROBE, train.toString(), 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("its only label is 'x'");
  }

  @Test
  void refusesACheckpointWithoutATokenizer() throws IOException {
    checkpoint = TinyCheckpoint.write(folder.resolve("mute"), false);
    String train = writeTexts("train.csv", 1, 30);
    assertThatThrownBy(() -> run(Method.FULL, train, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it has no tokenizer.json");
  }

  @Test
  void refusesToEvaluateWhatIsNotATaskModel() throws IOException {
    String held = writeTexts("held.csv", 1, 3);
    assertThatThrownBy(() -> evaluated(checkpoint, held))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it is not a task model");
  }

  @Test
  void refusesAnOutputThatHoldsSomethingElse() throws IOException {
    Files.createDirectories(Path.of(output()));
    Files.writeString(Path.of(output()).resolve("notes.txt"), "mine");
    String train = writeTexts("train.csv", 1, 30);
    assertThatThrownBy(() -> run(Method.PROBE, train, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("something else is there");
  }

  private FineTuneReport run(Method method, String train, int perClass) {
    return FineTuneTask.run(config(method, train, train, perClass), FineTuneProgress.NONE);
  }

  private FineTuneConfig config(Method method, String train, String held, int perClass) {
    FineTuneSettings base = FineTuneSettings.defaults(method);
    FineTuneSettings settings =
        base.withLearningRate(base.descent().learningRate() * (method == Method.PROBE ? 1 : 4))
            .withSelection(FineTuneSettings.Selection.ALL.withTrainPerClass(perClass))
            .withSeed(3);
    return new FineTuneConfig(
        TASK, checkpoint, train, held, Columns.DEFAULT, method, settings, output());
  }

  private static Scores evaluated(String directory, String data) {
    return TaskEvaluation.run(TASK, directory, data, Columns.DEFAULT, Execution.CPU);
  }

  private String output() {
    return folder.resolve("task").toString();
  }

  /** The last word gives the label away. */
  private String writeTexts(String name, long seed, int count) throws IOException {
    List<String> labels = List.of("fish", "bird", "tree");
    List<String> endings = List.of("swims", "flew", "grown");
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder csv = new StringBuilder("text,label\n");
    for (int i = 0; i < count; i++) {
      int label = i % labels.size();
      csv.append("it").append(random.nextInt(1000)).append(' ').append(endings.get(label));
      csv.append(',').append(labels.get(label)).append('\n');
    }
    return Files.writeString(folder.resolve(name), csv).toString();
  }

  private static float[] read(Checkpoint from, String tensor) {
    TensorLayout.Entry entry = from.layout().entry(tensor);
    float[] values = new float[(int) entry.elements()];
    from.readWeights(entry.offset(), values, 0, values.length);
    return values;
  }
}
