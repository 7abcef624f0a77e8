package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.corpus.tokenize.PublishedVocabulary;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.driver.cli.CommandLineInterface;
import io.headwater.model.Execution;
import io.headwater.model.ModelFamily;
import io.headwater.model.Pretrainable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each task by its commands, on a small part of a real data set, with a BERT of random weights. */
class FineTuneTasksIT {
  private static final Path DATA = Path.of(System.getProperty("headwater.data", ""));

  @TempDir private Path folder;

  @Test
  void regressionAndEmbeddingsOnTheSemanticTextualSimilarityBenchmark() throws IOException {
    String train = head("stsb/stsb-en-train.csv", 1500);
    String held = head("stsb/stsb-en-dev.csv", 300);
    String checkpoint = bert(Files.readString(folder.resolve(train)));
    List<String> columns =
        List.of("--text-column", "#1", "--pair-column", "#2", "--label-column", "#3");
    JsonNode regression =
        finetune(checkpoint, "regression", train, held, columns, "--epochs", "3", "--seeds", "2");
    assertThat(regression.path("runs")).hasSize(2);
    double first = regression.path("runs").path(0).path("spearman").asDouble();
    double second = regression.path("runs").path(1).path("spearman").asDouble();
    assertThat(regression.path("mean").path("spearman").asDouble())
        .isCloseTo((first + second) / 2, within(1e-12));
    assertThat(first).isGreaterThan(0.1);
    JsonNode record =
        new ObjectMapper().readTree(Path.of(at("regression-run"), "run.json").toFile());
    assertThat(record.at("/results/spearman")).isEqualTo(regression.at("/mean/spearman"));
    assertThat(record.at("/results/steps").asLong())
        .as("of both seeds")
        .isEqualTo(
            regression.at("/runs/0/steps").asLong() + regression.at("/runs/1/steps").asLong());
    assertThat(evaluate("regression", "regression/seed-2", held, columns).path("spearman"))
        .isEqualTo(regression.path("runs").path(1).path("spearman"));

    JsonNode embedding =
        finetune(
            checkpoint,
            "embedding",
            train,
            held,
            columns,
            "--least-label",
            "4",
            "--epochs",
            "3",
            "--batch-size",
            "32",
            "--score-epochs");
    assertThat(embedding.path("train_examples").asInt()).isBetween(200, 900);
    assertThat(embedding.path("epochs")).hasSize(3);
    // A mean of random vectors of words says something already; training must add to it.
    assertThat(embedding.path("cosine_spearman").asDouble()).isGreaterThan(0.4);
    assertThat(evaluate("embedding", "embedding", held, columns).path("cosine_pearson"))
        .isEqualTo(embedding.path("cosine_pearson"));
  }

  @Test
  void entitiesOfWikiAnn() throws IOException {
    String train = sentences(Files.readAllLines(data("wikiann-en-ner/train")), "train", 1500);
    String held = sentences(Files.readAllLines(data("wikiann-en-ner/dev")), "held", 300);
    String checkpoint = bert(Files.readString(folder.resolve(train)).replace("en:", " "));
    JsonNode full =
        finetune(
            checkpoint,
            "token-classification",
            train,
            held,
            List.of(),
            "--epochs",
            "4",
            "--learning-rate",
            "2e-3",
            "--layer-decay",
            "0.9",
            "--patience",
            "3",
            "--class-weights",
            "balanced");
    assertThat(full.path("f1").asDouble()).isGreaterThan(0.1);
    assertThat(full.path("f1_PER").asDouble()).isPositive();
    assertThat(evaluate("token-classification", "token-classification", held, List.of()).path("f1"))
        .isEqualTo(full.path("f1"));
  }

  @Test
  void entitiesOfChineseNews() throws IOException {
    List<String> lines;
    try (ZipFile zip = new ZipFile(data("msra-zh-ner/dh_msra.zip").toFile())) {
      byte[] text = zip.getInputStream(zip.getEntry("dh_msra.txt")).readNBytes(600_000);
      lines = new String(text, StandardCharsets.UTF_8).lines().toList();
    }
    String train = sentences(lines, "train", 600);
    String checkpoint = bert(Files.readString(folder.resolve(train)));
    JsonNode full =
        finetune(
            checkpoint,
            "token-classification",
            train,
            train,
            List.of(),
            "--epochs",
            "3",
            "--learning-rate",
            "2e-3",
            "--train-share",
            "0.5",
            "--no-bucketing");
    assertThat(full.path("train_examples").asInt()).isEqualTo(300);
    assertThat(full.path("accuracy").asDouble()).isGreaterThan(0.85);
  }

  private JsonNode finetune(
      String checkpoint,
      String task,
      String train,
      String held,
      List<String> columns,
      String... more)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("finetune", "--checkpoint", checkpoint, "--task", task, "--json"));
    arguments.addAll(List.of("--train", at(train), "--eval", at(held), "--output", at(task)));
    arguments.addAll(List.of("--max-length", "48"));
    arguments.addAll(columns);
    arguments.addAll(Arrays.asList(more));
    return run(arguments);
  }

  private JsonNode evaluate(String task, String directory, String held, List<String> columns)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("evaluate", "--checkpoint", at(directory), "--task", task));
    arguments.addAll(List.of("--data", at(held), "--json"));
    arguments.addAll(columns);
    return run(arguments);
  }

  private static JsonNode run(List<String> arguments) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int code =
        CommandLineInterface.run(
            new PrintStream(out, true, StandardCharsets.UTF_8), arguments.toArray(String[]::new));
    String text = out.toString(StandardCharsets.UTF_8);
    assertThat(code).as(text).isZero();
    List<String> lines = text.lines().toList();
    return new ObjectMapper().readTree(lines.get(lines.size() - 1));
  }

  /** Two layers of width 64, its words those of a text. */
  private String bert(String text) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{IsAlphabetic}]+")) {
      counts.merge(word, 1, Integer::sum);
    }
    Set<String> pieces = new LinkedHashSet<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    Set<String> letters =
        text.codePoints()
            .filter(each -> !Character.isWhitespace(each))
            .mapToObj(Character::toString)
            .collect(Collectors.toCollection(TreeSet::new));
    letters.forEach(each -> pieces.addAll(List.of(each, "##" + each)));
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(2000)
        .map(Map.Entry::getKey)
        .filter(word -> !word.isEmpty())
        .forEach(pieces::add);
    byte[] json =
        PublishedVocabulary.wordPiece(
            String.join("\n", pieces).getBytes(StandardCharsets.UTF_8),
            JsonNodeFactory.instance.objectNode());
    try (Tokenizer tokenizer = Tokenizer.parse(json)) {
      ObjectNode config =
          ModelFamily.ofPreset("bert-tiny").config("bert-tiny", tokenizer.vocabularySize());
      config.put("num_hidden_layers", 2).put("num_attention_heads", 2).put("hidden_size", 64);
      config.put("intermediate_size", 128).put("max_position_embeddings", 48);
      try (Pretrainable model = ModelFamily.of(config).pretrainable(config, Execution.CPU)) {
        model.initialize(7);
        Checkpoint.write(
            at("bert"),
            0,
            model.layout(),
            model.parameters(),
            new CheckpointDescription(model.config(), Optional.of(json), Optional.empty()));
      }
    }
    return at("bert");
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  private static Path data(String name) {
    Path file = DATA.resolve(name);
    Assumptions.assumeTrue(Files.isRegularFile(file), "needs " + name + " in headwater.data");
    return file;
  }

  /** The first lines of a file. */
  private String head(String name, int lines) throws IOException {
    Path file = data(name);
    List<String> first = Files.readAllLines(file).subList(0, lines);
    Files.write(folder.resolve(file.getFileName()), first);
    return file.getFileName().toString();
  }

  /** The first sentences of a CoNLL file. */
  private String sentences(List<String> lines, String name, int count) throws IOException {
    List<String> kept = new ArrayList<>();
    int sentences = 0;
    for (String line : lines) {
      sentences += line.isBlank() ? 1 : 0;
      if (sentences == count) {
        break;
      }
      kept.add(line);
    }
    Files.write(folder.resolve(name), kept);
    return name;
  }
}
