package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.driver.Launcher.Result;
import io.headwater.driver.cli.CommandLineInterface;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models out to {@code transformers}' folders, back in, and on from there. */
class HuggingFaceIT {
  private static final String FIRST = "run/step-00000002";

  @TempDir private Path folder;
  private Launcher headwater;

  @BeforeEach
  void prepare() throws Exception {
    headwater = new Launcher(folder);
    String text = Files.readString(Shakespeare.text());
    Files.writeString(folder.resolve("text.txt"), text.substring(0, 60_000));
  }

  @Test
  void anImportedGptIsEvaluatedGeneratesGoesOnAndIsFineTuned() throws Exception {
    ingest("bpe", "corpus");
    succeed("pretrain", "--model", "gpt-nano", "--corpus", "corpus", "--output", "run", steps(2));
    inProcess("export", "--checkpoint", at(FIRST), "--output", at("published"));
    assertThat(folder.resolve("published/manifest.json")).doesNotExist();
    inProcess("import", "--from", at("published"), "--output", at("imported"));

    assertThat(loss("imported")).isEqualTo(loss(FIRST));
    assertThat(inProcess("generate", "--checkpoint", at("imported"), "--prompt", "ROMEO:"))
        .isEqualTo(inProcess("generate", "--checkpoint", at(FIRST), "--prompt", "ROMEO:"));

    succeed(
        "pretrain",
        "--from",
        "imported",
        "--corpus",
        "corpus",
        "--output",
        "on",
        steps(3),
        "--set",
        "training.learning-rate=1e-4");
    assertThat(folder.resolve("on/step-00000000/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve(FIRST + "/model.safetensors"));
    assertThat(loss("on/step-00000003")).isLessThan(loss("imported"));

    fineTune("imported", "task");
    inProcess("export", "--checkpoint", at("task"), "--output", at("published-task"));
    inProcess("import", "--from", at("published-task"), "--output", at("imported-task"));
    assertThat(score("imported-task")).isEqualTo(score("task"));
  }

  @Test
  void goesOnWithACorpusOfItsOwnTokenizerOnly() throws Exception {
    ingest("bpe", "corpus");
    ingest("byte", "bytes");
    succeed("pretrain", "--model", "t5-tiny", "--corpus", "corpus", "--output", "run", steps(1));
    String start = "run/step-00000001";
    Result refused =
        headwater.run(
            "pretrain", "--from", start, "--corpus", "bytes", "--output", "other", steps(1));
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err().get(refused.err().size() - 1))
        .startsWith("Cannot begin with ")
        .contains("on bytes: their tokenizer.json differ; ingest the text with --tokenizer");
    assertThat(folder.resolve("other")).doesNotExist();

    List<String> go =
        List.of(
            "pretrain",
            "--from",
            start,
            "--corpus",
            "corpus",
            "--output",
            "on",
            steps(2),
            "--set",
            "checkpoint.every-steps=1");
    succeed(go.toArray(String[]::new));
    byte[] whole = Files.readAllBytes(folder.resolve("on/step-00000002/model.safetensors"));
    Launcher.Result again = resumeFromTheFirstStep(go);
    assertThat(again.exitCode()).as("%s", again.err()).isZero();
    assertThat(folder.resolve("on/step-00000002/model.safetensors")).hasBinaryContent(whole);
  }

  private Result resumeFromTheFirstStep(List<String> go) throws Exception {
    try (var files = Files.walk(folder.resolve("on/step-00000002"))) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
    List<String> resume = new ArrayList<>(go);
    resume.add("--resume");
    return headwater.run(resume.toArray(String[]::new));
  }

  private void ingest(String tokenizer, String corpus) throws Exception {
    succeed(
        "ingest",
        "--input",
        "text.txt",
        "--tokenizer",
        tokenizer,
        "--vocab-size",
        "500",
        "--split",
        "tail",
        "--output",
        corpus);
  }

  private void fineTune(String checkpoint, String output) throws Exception {
    StringBuilder lines = new StringBuilder("text\tlabel\n");
    for (int i = 0; i < 16; i++) {
      lines.append(i % 2 == 0 ? "a king is dead\tsad\n" : "a merry song\tgay\n");
    }
    Files.writeString(folder.resolve("train.tsv"), lines);
    inProcess(
        "finetune",
        "--checkpoint",
        at(checkpoint),
        "--train",
        at("train.tsv"),
        "--eval",
        at("train.tsv"),
        "--epochs",
        "1",
        "--max-length",
        "16",
        "--output",
        at(output));
  }

  private String score(String task) {
    return inProcess(
        "evaluate",
        "--checkpoint",
        at(task),
        "--task",
        "classification",
        "--data",
        at("train.tsv"),
        "--json");
  }

  private double loss(String checkpoint) throws Exception {
    String json =
        inProcess("evaluate", "--checkpoint", at(checkpoint), "--corpus", at("corpus"), "--json");
    return new ObjectMapper().readTree(json).path("loss").asDouble();
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  /** For what needs no Spark: a process of its own takes seconds to start. */
  private String inProcess(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int code =
        CommandLineInterface.run(new PrintStream(out, true, StandardCharsets.UTF_8), arguments);
    assertThat(code).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String steps(int count) {
    return "--steps=" + count;
  }

  private Result succeed(String... arguments) throws Exception {
    Result result = headwater.run(arguments);
    assertThat(result.exitCode()).as("%s", result.err()).isZero();
    return result;
  }
}
