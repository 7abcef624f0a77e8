package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.driver.Launcher.Result;
import io.headwater.driver.words.WordVectorSource;
import io.headwater.model.embedding.WordVectors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.XZInputStream;

/**
 * Chinese text through the whole chain: poems are written, their characters get vectors, a
 * classifier of reviews is made.
 */
class ChineseIT {
  private static final Path DATA = Path.of(System.getProperty("headwater.data"));

  @TempDir private Path folder;

  /** After ten steps a byte-level model knows nothing of UTF-8, and yet breaks no character. */
  @Test
  void aGptWritesPoemsInWholeCharacters() throws Exception {
    Path poems = DATA.resolve("chinese-poetry-tang/tang.tsv.xz");
    assumeTrue(Files.exists(poems), "the poems are not there");
    Files.write(folder.resolve("poems.txt"), firstLines(poems, 2000));
    Launcher headwater = new Launcher(folder);
    succeed(
        headwater.run(
            "ingest",
            "--input",
            "poems.txt",
            "--document",
            "line",
            "--vocab-size",
            "600",
            "--output",
            "corpus"));
    succeed(headwater.run(pretrain("gpt-nano", "run")));
    Files.writeString(folder.resolve("prompts.txt"), "春眠不覺曉，\n\n");
    JsonNode texts =
        succeed(
                headwater.run(
                    "generate",
                    "--checkpoint",
                    "run/step-00000010",
                    "--prompts",
                    "prompts.txt",
                    "--tokens",
                    "150",
                    "--temperature",
                    "1.5",
                    "--json"))
            .json()
            .path("texts");
    assertThat(texts).hasSize(2);
    for (JsonNode text : texts) {
      String written = text.path("text").asText();
      assertThat(written).isNotEmpty().doesNotContain("\uFFFD");
      assertThat(written.codePoints().filter(Character::isIdeographic).count()).isPositive();
    }
  }

  /** Of characters that are hardly ever apart each is near to the other. */
  @Test
  void charactersOfPoemsGetVectors() throws Exception {
    Path poems = DATA.resolve("chinese-poetry-tang/tang.tsv.xz");
    assumeTrue(Files.exists(poems), "the poems are not there");
    Files.write(folder.resolve("poems.txt"), firstLines(poems, 6000));
    Launcher headwater = new Launcher(folder);
    JsonNode trained =
        succeed(
                headwater.run(
                    "pretrain",
                    "--model",
                    "word2vec",
                    "--corpus",
                    "poems.txt",
                    "--output",
                    "vectors",
                    "--segmentation",
                    "characters",
                    "--dim",
                    "50",
                    "--epochs",
                    "5",
                    "--json"))
            .json();

    WordVectors vectors = WordVectorSource.read(trained.path("checkpoint").asText()).normalized();
    assertThat(vectors.words())
        .hasSizeGreaterThan(3000)
        .noneMatch(word -> word.matches("\\p{IsHan}{2,}"));
    assertThat(nearest(vectors, "崢")).contains("嶸");
    assertThat(nearest(vectors, "琵")).contains("琶");
    assertThat(nearest(vectors, "鴛")).contains("鴦");
  }

  /** Words are found between marks alone, and those that share characters are near each other. */
  @Test
  void wordsOfReviewsGetVectorsOfTheirCharacters() throws Exception {
    Path reviews = DATA.resolve("chnsenticorp-htl/ChnSentiCorp_htl_all.csv");
    assumeTrue(Files.exists(reviews), "the reviews are not there");
    split(Files.readAllLines(reviews));
    Launcher headwater = new Launcher(folder);
    String checkpoint =
        succeed(
                headwater.run(
                    "pretrain",
                    "--model",
                    "fasttext",
                    "--corpus",
                    "reviews.txt",
                    "--output",
                    "vectors",
                    "--segmentation",
                    "chinese",
                    "--min-n",
                    "1",
                    "--max-n",
                    "3",
                    "--buckets",
                    "20000",
                    "--dim",
                    "50",
                    "--json"))
            .json()
            .path("checkpoint")
            .asText();

    WordVectors vectors = WordVectorSource.read(checkpoint).normalized();
    assertThat(vectors.words()).contains("早餐", "酒店", "服务员").noneMatch(this::hasMark);
    assertThat(nearest(vectors, "早餐")).allMatch(word -> word.matches(".*[早餐].*"));

    Files.writeString(folder.resolve("lines.txt"), "早餐，丰富！\n夜宵\n……\n");
    Result embedded =
        succeed(
            headwater.run(
                "embed",
                "--checkpoint",
                checkpoint,
                "--input",
                "lines.txt",
                "--output",
                "lines.tsv",
                "--json"));
    assertThat(embedded.json().path("without_vector").asInt()).as("of marks alone").isEqualTo(1);
    assertThat(vectors.words()).doesNotContain("夜宵");
    List<String> lines = Files.readAllLines(folder.resolve("lines.tsv"));
    assertThat(numbers(lines.get(0))).containsExactly(mean(vectors, "早餐", "丰富"), within(1e-6f));
    assertThat(numbers(lines.get(1))).containsExactly(mean(vectors, "夜宵"), within(1e-6f));
  }

  private boolean hasMark(String word) {
    return word.matches(".*\\p{Punct}.*|.*[，。！、…].*");
  }

  private static float[] mean(WordVectors unit, String... words) {
    float[] mean = new float[unit.dim()];
    for (String word : words) {
      float[] vector = unit.vector(word).orElseThrow();
      for (int d = 0; d < mean.length; d++) {
        mean[d] += vector[d] / words.length;
      }
    }
    return mean;
  }

  private static float[] numbers(String line) {
    String[] fields = line.split("\t");
    float[] numbers = new float[fields.length];
    for (int d = 0; d < numbers.length; d++) {
      numbers[d] = Float.parseFloat(fields[d]);
    }
    return numbers;
  }

  private static List<String> nearest(WordVectors unit, String word) {
    int id = unit.id(word);
    return unit.nearest(unit.rows().row(id), 3, Set.of(id), unit.words().size()).stream()
        .map(WordVectors.Neighbor::word)
        .toList();
  }

  private static List<String> firstLines(Path compressed, int count) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new XZInputStream(Files.newInputStream(compressed)), StandardCharsets.UTF_8))) {
      return reader.lines().limit(count).toList();
    }
  }

  @Test
  void aBertIsPretrainedAndFineTunedOnReviews() throws Exception {
    Path reviews = DATA.resolve("chnsenticorp-htl/ChnSentiCorp_htl_all.csv");
    assumeTrue(Files.exists(reviews), "the reviews are not there");
    split(Files.readAllLines(reviews));
    Launcher headwater = new Launcher(folder);
    succeed(
        headwater.run(
            "ingest",
            "--input",
            "reviews.txt",
            "--document",
            "line",
            "--tokenizer",
            "wordpiece",
            "--vocab-size",
            "3000",
            "--output",
            "corpus"));
    assertThat(tokens()).contains("店", "房").noneMatch(token -> token.matches("\\p{IsHan}{2,}"));
    succeed(headwater.run(pretrain("bert-tiny", "run")));
    Result task =
        succeed(
            headwater.run(
                "finetune",
                "--checkpoint",
                "run/step-00000010",
                "--task",
                "classification",
                "--text-column",
                "review",
                "--train",
                "train.csv",
                "--eval",
                "eval.csv",
                "--epochs",
                "1",
                "--max-length",
                "64",
                "--output",
                "task",
                "--json"));
    Result scored =
        succeed(
            headwater.run(
                "evaluate",
                "--checkpoint",
                "task",
                "--task",
                "classification",
                "--text-column",
                "review",
                "--data",
                "eval.csv",
                "--json"));
    assertThat(scored.json().path("accuracy").asDouble())
        .isEqualTo(task.json().path("accuracy").asDouble());
  }

  /** The file has the good reviews first: as many of both for training and for scoring. */
  private void split(List<String> lines) throws IOException {
    List<String> good = lines.stream().filter(line -> line.startsWith("1,")).toList();
    List<String> bad = lines.stream().filter(line -> line.startsWith("0,")).toList();
    write("train.csv", good.subList(0, 100), bad.subList(0, 100));
    write("eval.csv", good.subList(300, 350), bad.subList(300, 350));
    List<String> text = new ArrayList<>(good.subList(400, 1400));
    text.addAll(bad.subList(400, 1400));
    text.replaceAll(line -> line.substring(2));
    Files.write(folder.resolve("reviews.txt"), text);
  }

  private void write(String name, List<String> good, List<String> bad) throws IOException {
    List<String> lines = new ArrayList<>(List.of("label,review"));
    lines.addAll(good);
    lines.addAll(bad);
    Files.write(folder.resolve(name), lines);
  }

  private List<String> tokens() throws IOException {
    JsonNode tokenizer =
        new ObjectMapper().readTree(folder.resolve("corpus/tokenizer.json").toFile());
    List<String> tokens = new ArrayList<>();
    tokenizer.path("model").path("vocab").fieldNames().forEachRemaining(tokens::add);
    return tokens;
  }

  private static String[] pretrain(String preset, String output) {
    return new String[] {
      "pretrain", "--model", preset, "--corpus", "corpus", "--output", output, "--steps", "10"
    };
  }

  private static Result succeed(Result result) {
    assertThat(result.exitCode()).as("%s", result.err()).isZero();
    return result;
  }
}
