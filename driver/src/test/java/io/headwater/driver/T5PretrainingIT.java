package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.driver.Launcher.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Span corruption on real text, through the parameter server, in processes of its own. */
class T5PretrainingIT {
  private static final int STEPS = 40;

  @TempDir private Path folder;

  @Test
  void trainsToTheSameBytesWithOneOrTwoWorkersAndWritesTheLeftOutTextBetter() throws Exception {
    Launcher headwater = new Launcher(folder);
    succeed(
        headwater.run(
            "ingest",
            "--input",
            Shakespeare.text().toString(),
            "--vocab-size",
            "500",
            "--split",
            "tail",
            "--output",
            "corpus"));
    succeed(headwater.run(pretrain("one", 1)));
    succeed(headwater.run(pretrain("two", 2)));
    assertThat(Files.readAllBytes(checkpoint("two", STEPS).resolve("model.safetensors")))
        .isEqualTo(Files.readAllBytes(checkpoint("one", STEPS).resolve("model.safetensors")));

    JsonNode config =
        new ObjectMapper().readTree(checkpoint("one", STEPS).resolve("config.json").toFile());
    assertThat(config.path("architectures").path(0).asText())
        .isEqualTo("T5ForConditionalGeneration");
    assertThat(config.path("vocab_size").asInt()).isEqualTo(602);

    double before = validationLoss(headwater, 0);
    double after = validationLoss(headwater, STEPS);
    assertThat(after).isLessThan(before - 0.5);
    assertThat(generated(headwater, "--beams", "2"))
        .isEqualTo(generated(headwater, "--beams", "2"));
  }

  /** What stands for the parts left out of a text. */
  private String generated(Launcher headwater, String... strategy) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("generate", "--checkpoint", checkpoint("one", STEPS).toString()));
    command.addAll(List.of("--prompt", "But soft, <extra_id_0> window breaks?", "--tokens", "9"));
    command.addAll(List.of(strategy));
    command.add("--json");
    return succeed(headwater.run(command.toArray(String[]::new)))
        .json()
        .at("/texts/0/text")
        .asText();
  }

  private double validationLoss(Launcher headwater, int step) throws Exception {
    return succeed(
            headwater.run(
                "evaluate",
                "--checkpoint",
                checkpoint("one", step).toString(),
                "--corpus",
                "corpus",
                "--json"))
        .json()
        .path("loss")
        .asDouble();
  }

  private Path checkpoint(String output, int step) {
    return folder.resolve("%s/step-%08d".formatted(output, step));
  }

  private static String[] pretrain(String output, int workers) {
    return new String[] {
      "pretrain",
      "--model",
      "t5-tiny",
      "--corpus",
      "corpus",
      "--output",
      output,
      "--steps",
      Integer.toString(STEPS),
      "--workers",
      Integer.toString(workers),
      "--set",
      "training.micro-batches=2",
      "--set",
      "training.warmup-steps=5",
      "--json"
    };
  }

  private static Result succeed(Result result) {
    assertThat(result.exitCode()).as("%s", result.err()).isZero();
    return result;
  }
}
