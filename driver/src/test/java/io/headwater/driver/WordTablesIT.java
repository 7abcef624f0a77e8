package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.driver.Launcher.Result;
import io.headwater.driver.Launcher.Running;
import io.headwater.driver.words.WordVectorSource;
import io.headwater.model.embedding.WordVectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Word vectors in sparse tables, with several workers: on a text of topics, of which each has some
 * companions and two synonyms that keep their company but never meet.
 */
class WordTablesIT {
  private static final int TOPICS = 30;
  private static final int COMPANIONS = 10;
  private static final int SENTENCES = 20_000;
  private static final int PORTS_OF_A_SHARD = 3;

  @TempDir private Path folder;
  private Launcher headwater;

  @BeforeEach
  void writeText() throws IOException {
    Random random = new Random(11);
    List<String> lines = new ArrayList<>();
    for (int s = 0; s < SENTENCES; s++) {
      int topic = random.nextInt(TOPICS);
      List<String> sentence = new ArrayList<>();
      for (int w = 0; w < 6; w++) {
        sentence.add("companion" + topic + "x" + random.nextInt(COMPANIONS));
      }
      sentence.add(3, (random.nextBoolean() ? "first" : "second") + topic);
      lines.add(String.join(" ", sentence));
    }
    Files.write(folder.resolve("text.txt"), lines);
    headwater = new Launcher(folder);
  }

  @ParameterizedTest
  @CsvSource({"word2vec,embedding.negatives=shared", "fasttext,embedding.buckets=5000"})
  void synonymsThatNeverMeetBecomeNeighbours(String family, String setting) throws Exception {
    List<String> arguments = arguments(family, "run");
    arguments.addAll(List.of("--epochs", "4", "--workers", "2", "--parameter-servers", "2"));
    arguments.addAll(List.of("--set", setting));

    JsonNode run = run(arguments);

    assertThat(run.path("status").asText()).isEqualTo("succeeded");
    assertThat(run.path("epochs").asInt()).isEqualTo(4);
    assertThat(run.path("wire_bytes_per_word").asDouble()).isBetween(10.0, 10_000.0);
    assertThat(synonymsFound("run/step-00000004")).isGreaterThan(TOPICS * 8 / 10);
    assertThat(folder.resolve("run/workers")).doesNotExist();
    List<JsonNode> epochs = metrics("run");
    assertThat(epochs).hasSize(4);
    assertThat(sum(epochs, "tokens")).isEqualTo(4 * 7L * SENTENCES);
    assertThat(epochs.get(3).path("loss").asDouble())
        .isLessThan(epochs.get(0).path("loss").asDouble());
  }

  /**
   * Two workers over two shards are as good as one process, whose run they go on with and which
   * goes on with theirs.
   */
  @Test
  void gloveLearnsOverTablesWhatItLearnsInOneProcess() throws Exception {
    double alone = run(glove("alone")).path("loss").asDouble();
    List<String> tables = glove("run");
    tables.addAll(List.of("--workers", "2", "--parameter-servers", "2"));

    JsonNode run = run(tables);

    double loss = run.path("loss").asDouble();
    assertThat(loss).isBetween(0.8 * alone, 1.1 * alone);
    assertThat(run.path("wire_bytes_per_entry").asDouble()).isBetween(1.0, 10_000.0);
    assertThat(folder.resolve("run/workers")).doesNotExist();
    assertThat(sum(metrics("run"), "entries")).isEqualTo(sum(metrics("alone"), "entries"));
    assertThat(synonymsFound("run/step-00000025"))
        .isGreaterThanOrEqualTo(synonymsFound("alone/step-00000025") - 2);

    deleteCheckpoint("run/step-00000025");
    assertThat(resumed(glove("run"))).isBetween(0.8 * loss, 1.1 * loss);
    deleteCheckpoint("run/step-00000025");
    assertThat(resumed(tables)).isBetween(0.8 * loss, 1.1 * loss);
  }

  private double resumed(List<String> arguments) throws Exception {
    List<String> again = new ArrayList<>(arguments);
    again.add("--resume");
    return run(again).path("loss").asDouble();
  }

  private static List<String> glove(String output) {
    return new ArrayList<>(
        List.of(
            "pretrain",
            "--model",
            "glove",
            "--corpus",
            "text.txt",
            "--output",
            output,
            "--dim",
            "24",
            "--window",
            "5",
            "--x-max",
            "500",
            "--epochs",
            "25",
            "--json"));
  }

  /** The checkpoint of one process is that of tables. */
  @Test
  void anotherNumberOfWorkersGoesOnWhereOneProcessStopped() throws Exception {
    List<String> alone = arguments("word2vec", "run");
    alone.addAll(List.of("--epochs", "2"));
    run(alone);
    deleteCheckpoint("run/step-00000002");
    int before = synonymsFound("run/step-00000001");
    List<String> resumed = arguments("word2vec", "run");
    resumed.addAll(List.of("--epochs", "2", "--workers", "3", "--parameter-servers", "2"));
    resumed.add("--resume");

    JsonNode run = run(resumed);

    assertThat(run.path("epochs").asInt()).isEqualTo(2);
    assertThat(metrics("run")).hasSize(2);
    WordVectors first = WordVectorSource.read(folder.resolve("run/step-00000001").toString());
    WordVectors second = WordVectorSource.read(folder.resolve("run/step-00000002").toString());
    assertThat(meanCosine(first, second)).isGreaterThan(0.5); // not begun anew
    assertThat(synonymsFound("run/step-00000002")).isGreaterThanOrEqualTo(before);

    deleteCheckpoint("run/step-00000002");
    List<String> fewer = arguments("word2vec", "run");
    fewer.addAll(List.of("--epochs", "2", "--workers", "2", "--parameter-servers", "1"));
    fewer.add("--resume");
    assertThat(run(fewer).path("epochs").asInt()).isEqualTo(2);
    WordVectors again = WordVectorSource.read(folder.resolve("run/step-00000002").toString());
    assertThat(meanCosine(first, again)).isGreaterThan(0.5);
  }

  @Test
  void aStopEndsAfterTheEpochWithoutAWordOfErrors() throws Exception {
    List<String> arguments = arguments("word2vec", "run");
    arguments.addAll(List.of("--epochs", "1000", "--workers", "2", "--parameter-servers", "2"));
    Running run = headwater.start(arguments.toArray(String[]::new));
    run.awaitFile(folder.resolve("run/step-00000001/manifest.json"));

    run.process().destroy();
    Result end = run.await();

    assertThat(end.exitCode()).as("%s", end.err()).isEqualTo(3);
    assertThat(end.json().path("status").asText()).isEqualTo("stopped");
    assertThat(Path.of(end.json().path("checkpoint").asText().replaceFirst("^file:", "")))
        .isDirectory();
    assertThat(end.err()).noneMatch(line -> line.contains("ERROR") || line.contains("Exception"));
  }

  @Test
  void aKilledShardEndsTheRunWithAnError() throws Exception {
    int ports = FreePorts.udp(2 * PORTS_OF_A_SHARD);
    Path config =
        Files.writeString(
            folder.resolve("run.yaml"),
            """
            corpus: text.txt
            output: run
            model:
              preset: word2vec
            embedding:
              dim: 16
              epochs: 1000
            training:
              workers: 2
            parameter-server:
              endpoints: [127.0.0.1:%d, 127.0.0.1:%d]
              lease: 2s
            """
                .formatted(ports, ports + PORTS_OF_A_SHARD));
    Running zero = shard(config, 0, 0);
    Running one = shard(config, 1, 0);
    Running run = headwater.start("pretrain", "--config", config.toString());
    run.awaitFile(folder.resolve("run/step-00000001/manifest.json"));

    one.process().destroyForcibly();
    Result end = run.await();

    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.err()).anyMatch(line -> line.contains("shard 1"));
    JsonNode record = new ObjectMapper().readTree(folder.resolve("run/run.json").toFile());
    assertThat(record.at("/results/status").asText()).isEqualTo("failed");
    assertThat(record.at("/results/error").asText()).contains("shard 1");
    assertThat(zero.await().exitCode()).isEqualTo(1);
  }

  @Test
  void aKilledPrimaryIsReplacedByItsStandbyAndTheVectorsAreGood() throws Exception {
    int ports = FreePorts.udp(2 * PORTS_OF_A_SHARD);
    Path config =
        Files.writeString(
            folder.resolve("run.yaml"),
            """
            corpus: text.txt
            output: run
            model:
              preset: word2vec
            embedding:
              dim: 24
              sample: 0
              learning-rate: 0.05
              epochs: 8
            training:
              workers: 2
            parameter-server:
              endpoints: ["127.0.0.1:%d+127.0.0.1:%d"]
              lease: 4s
            """
                .formatted(ports, ports + PORTS_OF_A_SHARD));
    Running primary = shard(config, 0, 0);
    Running standby = shard(config, 0, 1);
    Running run = headwater.start("pretrain", "--config", config.toString(), "--json");
    run.awaitFile(folder.resolve("run/step-00000001/manifest.json"));

    primary.process().destroyForcibly();
    Result end = run.await();

    assertThat(end.exitCode()).as("%s", end.err()).isZero();
    assertThat(end.err()).anyMatch(line -> line.contains("Replica 0 of shard 0 is lost"));
    assertThat(metrics("run")).hasSize(8);
    assertThat(sum(metrics("run"), "tokens")).isEqualTo(8 * 7L * SENTENCES);
    assertThat(synonymsFound("run/step-00000008")).isGreaterThan(TOPICS * 8 / 10);
    assertThat(standby.await().exitCode()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "word2vec, tokens, 140000, 15, 'sample: 0, learning-rate: 0.05'",
    "glove, entries, 4200, 25, 'window: 5, x-max: 500'" // 30 topics, 10 * 10 + 2 * 2 * 10 pairs
  })
  void aKilledWorkerIsReplacedAndTheRunEnds(
      String family, String unit, long inEpoch, int epochs, String settings) throws Exception {
    int ports = FreePorts.udp(2 * PORTS_OF_A_SHARD);
    Path config =
        Files.writeString(
            folder.resolve("run.yaml"),
            """
            corpus: %s
            output: %s
            model:
              preset: %s
            embedding: {dim: 24, epochs: %d, %s}
            training:
              workers: 2
            parameter-server:
              shards: 2
              host: 127.0.0.1
              port: %d
              lease: 3s
            """
                .formatted(
                    folder.resolve("text.txt"),
                    folder.resolve("run"),
                    family,
                    epochs,
                    settings,
                    ports));

    try (SparkCluster cluster = SparkCluster.start(folder, 2)) {
      Running run = cluster.submit("pretrain", "--config", config.toString(), "--json");
      run.awaitFile(folder.resolve("run/step-00000001/manifest.json"));
      cluster.killExecutor(0);
      Result end = run.await();

      assertThat(end.exitCode()).as("%s", end.err()).isZero();
      assertThat(end.err()).anyMatch(line -> line.contains("is lost"));
      List<JsonNode> lines = metrics("run");
      assertThat(lines).hasSize(epochs);
      assertThat(sum(lines, unit)).isEqualTo(epochs * inEpoch);
      assertThat(synonymsFound("run/step-%08d".formatted(epochs))).isGreaterThan(TOPICS * 8 / 10);
    }
  }

  private static List<String> arguments(String family, String output) {
    return new ArrayList<>(
        List.of(
            "pretrain",
            "--model",
            family,
            "--corpus",
            "text.txt",
            "--output",
            output,
            "--dim",
            "24",
            "--sample",
            "0",
            "--set",
            "embedding.learning-rate=0.05",
            "--json"));
  }

  private JsonNode run(List<String> arguments) throws Exception {
    Result result = headwater.run(arguments.toArray(String[]::new));
    assertThat(result.exitCode()).as("%s", result.err()).isZero();
    return result.json();
  }

  private Running shard(Path config, int shard, int replica) throws IOException {
    return headwater.start(
        "parameter-server",
        "--config",
        config.toString(),
        "--shard",
        Integer.toString(shard),
        "--replica",
        Integer.toString(replica));
  }

  /** Topics one of whose synonyms has the other among as many neighbours as a topic has words. */
  private int synonymsFound(String checkpoint) {
    WordVectors vectors = WordVectorSource.read(folder.resolve(checkpoint).toString()).normalized();
    int found = 0;
    for (int topic = 0; topic < TOPICS; topic++) {
      float[] first = vectors.vector("first" + topic).orElseThrow();
      float[] second = vectors.vector("second" + topic).orElseThrow();
      double close = cosine(first, second);
      long closer =
          vectors.words().stream()
              .filter(word -> cosine(first, vectors.vector(word).orElseThrow()) > close)
              .count();
      found += closer <= COMPANIONS + 1 ? 1 : 0;
    }
    return found;
  }

  private static double meanCosine(WordVectors one, WordVectors other) {
    return one.words().stream()
        .mapToDouble(
            word -> cosine(one.vector(word).orElseThrow(), other.vector(word).orElseThrow()))
        .average()
        .orElseThrow();
  }

  private static double cosine(float[] x, float[] y) {
    double product = 0;
    double xx = 0;
    double yy = 0;
    for (int d = 0; d < x.length; d++) {
      product += x[d] * y[d];
      xx += x[d] * x[d];
      yy += y[d] * y[d];
    }
    return product / Math.sqrt(xx * yy);
  }

  private List<JsonNode> metrics(String output) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve(output + "/metrics.jsonl"))) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }

  /** Of all epochs; where one ends and the next begins, nobody waits. */
  private static long sum(List<JsonNode> epochs, String unit) {
    return epochs.stream().mapToLong(line -> line.path(unit).asLong()).sum();
  }

  private void deleteCheckpoint(String checkpoint) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(checkpoint))) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }
}
