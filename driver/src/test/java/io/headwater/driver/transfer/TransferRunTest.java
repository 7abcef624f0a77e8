package io.headwater.driver.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.corpus.tokenize.Tokenizers;
import io.headwater.driver.run.Progress;
import io.headwater.finetune.Columns;
import io.headwater.finetune.FineTuneConfig;
import io.headwater.finetune.FineTuneProgress;
import io.headwater.finetune.FineTuneSettings;
import io.headwater.finetune.FineTuneTask;
import io.headwater.finetune.Method;
import io.headwater.finetune.classify.Classification;
import io.headwater.model.Execution;
import io.headwater.model.ModelFamily;
import io.headwater.model.Pretrainable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferRunTest {
  private static final FineTuneSettings SETTINGS =
      FineTuneSettings.defaults(Method.SCRATCH).withEpochs(2);

  @TempDir private Path folder;

  /** What knows the task already stands for what has seen a lot of text. */
  @Test
  void weightsThatKnowTheTaskNeedFewerLabelsAndSteps() throws IOException {
    Path train = texts("train.tsv", 400, 1);
    Path evaluation = texts("eval.tsv", 200, 2);
    String network = tinyNetwork();
    Path skilled = folder.resolve("skilled");
    FineTuneTask.run(
        new FineTuneConfig(
            new Classification(),
            network,
            train.toString(),
            evaluation.toString(),
            Columns.DEFAULT,
            Method.SCRATCH,
            SETTINGS.withEpochs(8),
            skilled.toString()),
        FineTuneProgress.NONE);

    TransferReport report =
        TransferRun.run(
            config(skilled, train, evaluation, List.of(1.0, 0.1), "report"), Progress.none());

    Comparison few = report.comparisons().get(0);
    assertThat(few.share()).as("shares ascend").isEqualTo(0.1);
    assertThat(few.examples()).isEqualTo(40);
    assertThat(few.pretrained().get(0).epochs()).as("2 / sqrt(0.1)").hasSize(6);
    assertThat(few.gain()).isGreaterThan(0.1);
    assertThat(few.stepsToReachScratch().orElseThrow()).isLessThan(few.stepsOfScratch());
    assertThat(report.shareThatSuffices()).isPresent();

    JsonNode written =
        new ObjectMapper().readTree(folder.resolve("report/transfer-report.json").toFile());
    assertThat(written).isEqualTo(new ObjectMapper().readTree(report.toJson().toString()));
    assertThat(written.at("/shares/1/scratch/runs")).hasSize(2);
    assertThat(written.at("/shares/1/scratch/runs/1/epochs")).hasSize(2);
    assertThat(Files.readString(report.page()))
        .contains("accuracy over per cent of the labels", "from random weights", "10 %");
    try (var files = Files.list(folder.resolve("report"))) {
      assertThat(files).as("task models are not kept").hasSize(2);
    }
  }

  @Test
  void refusesAFolderThatIsInUseAndSharesOfNothing() throws IOException {
    Path train = texts("train.tsv", 8, 1);
    Files.createDirectories(folder.resolve("used/something"));
    TransferConfig used = config(folder, train, train, List.of(1.0), "used");
    assertThatThrownBy(() -> TransferRun.run(used, Progress.none()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("not empty");
    assertThatThrownBy(() -> config(folder, train, train, List.of(0.0), "new"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--shares 0.0")
        .hasMessageContaining("in (0, 100]");
  }

  private TransferConfig config(
      Path checkpoint, Path train, Path evaluation, List<Double> shares, String output) {
    return new TransferConfig(
        new Classification(),
        checkpoint.toString(),
        train.toString(),
        evaluation.toString(),
        Columns.DEFAULT,
        shares,
        2,
        SETTINGS,
        SETTINGS.descent().learningRate(),
        folder.resolve(output));
  }

  /** Does an "a" come twice in a row? */
  private Path texts(String name, int count, long seed) throws IOException {
    StringBuilder lines = new StringBuilder("text\tlabel\n");
    Random random = new Random(seed);
    for (int i = 0; i < count; i++) {
      StringBuilder text = new StringBuilder();
      for (int at = 0; at < 12; at++) {
        text.append("abcd".charAt(random.nextInt(4)));
      }
      boolean twice = i % 2 == 0;
      String plain = text.toString().replaceAll("aa+", "ab");
      lines
          .append(twice ? "aa" + plain.substring(2) : plain)
          .append('\t')
          .append(twice ? "yes" : "no");
      lines.append('\n');
    }
    return Files.writeString(folder.resolve(name), lines);
  }

  private String tinyNetwork() {
    try (Tokenizer tokenizer = Tokenizers.bytes()) {
      ObjectNode config =
          ModelFamily.ofPreset("gpt-nano").config("gpt-nano", tokenizer.vocabularySize());
      config.put("n_layer", 2).put("n_head", 2).put("n_embd", 32).put("n_inner", 128);
      config.put("n_positions", 32).put("n_ctx", 32);
      try (Pretrainable model = ModelFamily.of(config).pretrainable(config, Execution.CPU)) {
        model.initialize(11);
        Checkpoint.write(
            folder.resolve("network").toString(),
            0,
            model.layout(),
            model.parameters(),
            new CheckpointDescription(
                model.config(), Optional.of(tokenizer.json()), Optional.empty()));
      }
    }
    return folder.resolve("network").toString();
  }
}
