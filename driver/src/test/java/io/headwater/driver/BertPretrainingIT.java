package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.driver.Launcher.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A masked language model on real text, through the parameter server, in processes of its own. */
class BertPretrainingIT {
  @TempDir private Path folder;

  @Test
  void trainsToTheSameBytesWithOneOrTwoWorkersAndIsEvaluatedAndFineTuned() throws Exception {
    Launcher headwater = new Launcher(folder);
    succeed(
        headwater.run(
            "ingest",
            "--input",
            Shakespeare.text().toString(),
            "--tokenizer",
            "wordpiece",
            "--vocab-size",
            "1000",
            "--split",
            "tail",
            "--output",
            "corpus"));
    Result run = succeed(headwater.run(pretrain("one", 8, 1)));
    assertThat(run.json().path("final_loss").asDouble())
        .isLessThan(run.json().path("first_loss").asDouble());
    succeed(headwater.run(pretrain("two", 4, 2)));
    succeed(headwater.run(pretrain("two", 8, 2, "--resume")));
    assertThat(weights("two")).isEqualTo(weights("one"));

    JsonNode scores =
        succeed(
                headwater.run(
                    "evaluate",
                    "--checkpoint",
                    "one/step-00000008",
                    "--corpus",
                    "corpus",
                    "--json"))
            .json();
    assertThat(scores.path("loss").asDouble()).isBetween(4.0, Math.log(1000) + 0.1);
    assertThat(scores.path("masked_accuracy").asDouble()).isBetween(0.0, 1.0);
    assertThat(scores.path("next_sentence_accuracy").asDouble()).isBetween(0.2, 0.8);

    assertThat(headwater.run("generate", "--checkpoint", "one/step-00000008").exitCode())
        .isEqualTo(2);
    Files.writeString(
        folder.resolve("pairs.tsv"),
        "text\tmore\tlabel\nthy lord\tmy lord\tsame\nthe king\ta horse\tother\n");
    JsonNode task =
        succeed(
                headwater.run(
                    "finetune",
                    "--checkpoint",
                    "one/step-00000008",
                    "--train",
                    "pairs.tsv",
                    "--eval",
                    "pairs.tsv",
                    "--pair-column",
                    "more",
                    "--epochs",
                    "1",
                    "--output",
                    "task",
                    "--json"))
            .json();
    assertThat(task.path("examples").asInt()).isEqualTo(2);
  }

  private static String[] pretrain(String output, int steps, int workers, String... more) {
    String[] arguments = {
      "pretrain",
      "--model",
      "bert-tiny",
      "--corpus",
      "corpus",
      "--output",
      output,
      "--steps",
      Integer.toString(steps),
      "--workers",
      Integer.toString(workers),
      "--set",
      "training.micro-batches=2",
      "--set",
      "training.warmup-steps=2",
      "--set",
      "training.decay-steps=8",
      "--json"
    };
    String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return all;
  }

  private static Result succeed(Result result) {
    assertThat(result.exitCode()).as("%s", result.err()).isZero();
    return result;
  }

  private byte[] weights(String output) throws Exception {
    return Files.readAllBytes(folder.resolve(output + "/step-00000008/model.safetensors"));
  }
}
