package io.headwater.finetune.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.corpus.tokenize.Tokenizers;
import io.headwater.finetune.Columns;
import io.headwater.finetune.FineTuneConfig;
import io.headwater.finetune.FineTuneProgress;
import io.headwater.finetune.FineTuneReport;
import io.headwater.finetune.FineTuneSettings;
import io.headwater.finetune.FineTuneTask;
import io.headwater.finetune.Method;
import io.headwater.finetune.Scores;
import io.headwater.finetune.TaskEvaluation;
import io.headwater.model.Execution;
import io.headwater.model.LanguageModel;
import io.headwater.model.ModelFamily;
import io.headwater.model.generation.BeamSearch;
import io.headwater.model.generation.Sampling;
import io.headwater.model.generation.Strategy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WritingTest {
  private static final Columns COLUMNS = new Columns("text", "label");
  private static final List<String> SOURCES =
      List.of("one", "two", "three", "four", "five", "six", "seven", "eight");
  private static final List<String> TARGETS =
      List.of("eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht");

  @TempDir private Path folder;
  private String pairs;

  @BeforeEach
  void writePairs() throws IOException {
    Path sources = folder.resolve("train.en.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(sources))) {
      out.write(String.join("\n", SOURCES).getBytes(StandardCharsets.UTF_8));
    }
    Path targets = Files.writeString(folder.resolve("train.de"), String.join("\n", TARGETS));
    pairs = sources + "," + targets;
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5-tiny", "gpt-nano"})
  void learnsToWriteTheWantedTextsAndIsScoredAgainWithEqualFigures(String preset) {
    Writing task = new Writing(Writing.Kind.TRANSLATION, "{text}=", Sampling.greedy());
    FineTuneReport report = run(task, checkpoint(preset), Method.SCRATCH, 150);

    assertThat(report.scores().measure("exact_match")).isEqualTo(1);
    assertThat(report.scores().measure("rouge_l")).isEqualTo(1);
    assertThat(report.scores().measure("loss")).isLessThan(0.1);
    assertThat(report.scores().mainName()).isEqualTo("bleu");
    Scores again = TaskEvaluation.run(task, report.directory(), pairs, COLUMNS, Execution.CPU);
    assertThat(again).isEqualTo(report.scores());
    Writing searched = new Writing(task.kind(), task.template(), new BeamSearch(3, 1));
    assertThat(
            TaskEvaluation.run(searched, report.directory(), pairs, COLUMNS, Execution.CPU)
                .measure("exact_match"))
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5-tiny", "gpt-nano"})
  void adaptersLearnAndAreMerged(String preset) throws IOException {
    boolean apart = preset.startsWith("t5");
    Writing task = writing(Writing.Kind.INSTRUCTION, Sampling.greedy());
    FineTuneReport report = run(task, checkpoint(preset), Method.LORA, 20);

    assertThat(report.epochLosses().get(19)).isLessThan(report.epochLosses().get(0) - 0.05);
    assertThat(report.trainedParameters()).isLessThan(report.parameters() / 5);
    String adapter =
        Files.readString(Path.of(report.directory(), "adapter", "adapter_config.json"));
    assertThat(new ObjectMapper().readTree(adapter).path("task_type").asText())
        .isEqualTo(apart ? "SEQ_2_SEQ_LM" : "CAUSAL_LM");
    Scores merged = TaskEvaluation.run(task, report.directory(), pairs, COLUMNS, Execution.CPU);
    assertThat(merged.measure("loss")).isCloseTo(report.scores().measure("loss"), within(1e-4));
    try (Checkpoint written = Checkpoint.open(report.directory())) {
      assertThat(written.config().path("architectures").path(0).asText())
          .isEqualTo(apart ? "T5ForConditionalGeneration" : "GPT2LMHeadModel");
    }
  }

  @Test
  void refusesFilesOfDifferentNumbersOfLines() throws IOException {
    Path shorter = Files.writeString(folder.resolve("short.de"), "eins\nzwei\n");
    String file = folder.resolve("train.en.gz") + "," + shorter;
    assertThatThrownBy(() -> TextPairs.read(file, COLUMNS))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("train.en.gz has 8 lines, " + shorter + " has 2");
  }

  @Test
  void refusesATemplateWithoutAPlaceForTheText() {
    assertThatThrownBy(
            () -> new Writing(Writing.Kind.SUMMARIZATION, "summarize:", Sampling.greedy()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it must hold {text}");
  }

  private static Writing writing(Writing.Kind kind, Strategy strategy) {
    return new Writing(kind, "> {text}\n", strategy);
  }

  private FineTuneReport run(Writing task, String checkpoint, Method method, int epochs) {
    FineTuneSettings settings =
        FineTuneSettings.defaults(method)
            .withEpochs(epochs)
            .withBatchSize(8)
            .withLearningRate(method == Method.LORA ? 1e-2f : 3e-3f);
    return FineTuneTask.run(
        new FineTuneConfig(
            task,
            checkpoint,
            pairs,
            pairs,
            COLUMNS,
            method,
            settings,
            folder.resolve("task").toString()),
        FineTuneProgress.NONE);
  }

  /** A small model over bytes with random weights, and no dropout. */
  private String checkpoint(String preset) {
    String directory = folder.resolve("pretrained").toString();
    try (Tokenizer tokenizer = Tokenizers.bytes()) {
      ObjectNode config = ModelFamily.ofPreset(preset).config(preset, tokenizer.vocabularySize());
      config.put("dropout_rate", 0.0);
      try (LanguageModel model = ModelFamily.of(config).languageModel(config, Execution.CPU)) {
        model.initialize(11);
        Checkpoint.write(
            directory,
            0,
            model.layout(),
            model.parameters(),
            new CheckpointDescription(
                model.config(), Optional.of(tokenizer.json()), Optional.empty()));
      }
    }
    return directory;
  }
}
