package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.driver.Launcher.Result;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user gave is wrong: exit code 2, one line that says what, and nothing half-written. */
class BadInputIT {

  @TempDir Path folder;

  private Launcher headwater;

  @BeforeEach
  void useFolder() {
    headwater = new Launcher(folder);
  }

  @Test
  void aMissingPathIsNamed() throws Exception {
    assertRefused("nowhere.txt", ingest("nowhere.txt"));
  }

  @Test
  void anEmptyCorpusIsRefused() throws Exception {
    Files.createFile(folder.resolve("empty.txt"));

    assertRefused("empty.txt", ingest("empty.txt"));
  }

  @Test
  void binaryRubbishIsNamed() throws Exception {
    byte[] rubbish = new byte[100_000];
    new Random(1).nextBytes(rubbish);
    Files.write(folder.resolve("rubbish.txt"), rubbish);

    assertRefused("rubbish.txt", ingest("rubbish.txt"));
  }

  @Test
  void aTruncatedArchiveIsNamed() throws Exception {
    byte[] header = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 75};
    Files.write(folder.resolve("short.txt.gz"), header);

    assertRefused("short.txt.gz", ingest("short.txt.gz"));
  }

  @Test
  void invalidUtf8IsReplacedAndCounted() throws Exception {
    byte[] text =
        "some text of which a byte is wrong? and another one? "
            .repeat(40)
            .getBytes(StandardCharsets.ISO_8859_1);
    text[37] = (byte) 0xff;
    text[500] = (byte) 0xc3;
    Files.write(folder.resolve("latin.txt"), text);

    Result result = headwater.run(ingest("latin.txt"));

    assertThat(result.exitCode()).as("%s", result.err()).isZero();
    assertThat(result.json().path("invalid_utf8").asInt()).isEqualTo(2);
  }

  @Test
  void anUnknownKeyComesWithTheNearestOne() throws Exception {
    Files.writeString(folder.resolve("run.yaml"), "training:\n  step: 5\n");

    assertRefused("training.steps", "pretrain", "--config", "run.yaml");
  }

  @Test
  void microBatchesThatDoNotDivideTheBatchAreRefused() throws Exception {
    assertRefused(
        "training.micro-batches",
        "pretrain",
        "--model",
        "gpt-nano",
        "--corpus",
        "corpus",
        "--output",
        "output",
        "--set",
        "training.micro-batches=5");
  }

  @Test
  void aPortOfAShardInUseIsNamed() throws Exception {
    int port = FreePorts.udp(3);
    Files.writeString(
        folder.resolve("run.yaml"),
        "parameter-server:\n  endpoints: [127.0.0.1:%d]\n".formatted(port));
    try (DatagramSocket taken = new DatagramSocket(new InetSocketAddress("127.0.0.1", port))) {
      assertThat(taken.isBound()).isTrue();

      assertRefused(
          Integer.toString(port), "parameter-server", "--config", "run.yaml", "--shard", "0");
    }
  }

  @Test
  void aPortOfAShardInTheDriverInUseIsNamed() throws Exception {
    int port = FreePorts.udp(3);
    try (DatagramSocket taken = new DatagramSocket(new InetSocketAddress("127.0.0.1", port))) {
      assertThat(taken.isBound()).isTrue();

      assertRefused(
          Integer.toString(port),
          "pretrain",
          "--model",
          "gpt-nano",
          "--corpus",
          Shakespeare.corpus().toString(),
          "--output",
          "output",
          "--set",
          "parameter-server.host=127.0.0.1",
          "--set",
          "parameter-server.port=" + port);
    }
  }

  @Test
  void aLabelFileWithoutTheColumnIsNamed() throws Exception {
    Path checkpoint = pretrained();
    Files.writeString(folder.resolve("train.csv"), "text,kind\nhello,a\nbye,b\n");

    assertRefused(
        "label",
        "finetune",
        "--checkpoint",
        checkpoint.toString(),
        "--train",
        "train.csv",
        "--eval",
        "train.csv",
        "--output",
        "output");
  }

  private Path pretrained() throws Exception {
    Result run =
        headwater.run(
            "pretrain",
            "--model",
            "gpt-nano",
            "--corpus",
            Shakespeare.corpus().toString(),
            "--output",
            "pretrained",
            "--steps",
            "1");
    assertThat(run.exitCode()).as("%s", run.err()).isZero();
    return folder.resolve("pretrained/step-00000001");
  }

  private static String[] ingest(String input) {
    return new String[] {
      "ingest",
      "--input",
      input,
      "--tokenizer",
      "byte",
      "--split",
      "tail",
      "--output",
      "output",
      "--json"
    };
  }

  private void assertRefused(String named, String... arguments)
      throws IOException, InterruptedException {
    Result result = headwater.run(arguments);

    assertThat(result.exitCode()).as("%s", result.err()).isEqualTo(2);
    assertThat(result.err()).singleElement().asString().startsWith("Cannot ").contains(named);
    assertThat(result.out()).isEmpty();
    assertThat(folder.resolve("output")).doesNotExist();
    try (var files = Files.list(folder)) {
      assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith(".output"));
    }
  }
}
