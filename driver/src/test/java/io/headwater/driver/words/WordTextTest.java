package io.headwater.driver.words;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.config.EmbeddingConfigReader;
import io.headwater.driver.run.Progress;
import io.headwater.driver.spark.SparkApplication;
import io.headwater.model.glove.Cooccurrences;
import io.headwater.model.glove.GloveConfig;
import io.headwater.model.glove.GloveModel;
import io.headwater.model.glove.GloveTrainer;
import io.headwater.model.word2vec.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Spark makes of a text. */
class WordTextTest {
  private static SparkApplication spark;

  @TempDir private Path folder;

  @BeforeAll
  static void startSpark() {
    spark = SparkApplication.start("words", "local[2]", 1, 1);
  }

  @AfterAll
  static void stopSpark() {
    spark.close();
  }

  @Test
  void countsWordsAndNumbersThemByFrequency() throws IOException {
    WordText text = text("b a b\n\nc b a x\n", "embedding.min-count=2");

    assertThat(text.vocabulary().words()).containsExactly("b", "a");
    assertThat(numbers(text)).containsExactly(0, 1, 0, -1, -1, 0, 1, -1);
  }

  @Test
  void numbersAreReadAcrossTheEndsOfMappedPieces() throws IOException {
    WordText text = text("a b c d\n".repeat(20), "embedding.min-count=1");

    int[] whole = numbers(text);
    try (WordCorpus pieces = WordCorpus.of(text, 7)) {
      int[] numbers = new int[(int) pieces.length() - 5];
      pieces.read(5, numbers, 0, numbers.length);
      assertThat(numbers).hasSize(95).isEqualTo(Arrays.copyOfRange(whole, 5, whole.length));
    }
  }

  @Test
  void knownWordsStayHoweverSeldomTheyAre() throws IOException {
    EmbeddingConfig config = config("b a b c\n", "embedding.min-count=2");
    WordText text = WordText.count(spark.session(), config, Set.of("c", "gone"));

    assertThat(text.vocabulary().words()).containsExactly("b", "c", "gone");
    assertThat(text.vocabulary().count(2)).isZero();
    assertThat(text.vocabulary().total()).isEqualTo(3);
    assertThatThrownBy(() -> WordText.count(spark.session(), config("x\n"), Set.of("gone")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("occurs 5 times");
  }

  /** Against the loop of word2phrase.c, with its counts exact. */
  @Test
  void phrasesAreThoseOfWord2phrase() throws IOException {
    Random random = new Random(3);
    List<String> lines = new ArrayList<>();
    for (int line = 0; line < 400; line++) {
      StringBuilder words = new StringBuilder();
      while (random.nextInt(12) > 0) {
        int word = (int) (Math.abs(random.nextGaussian()) * 6);
        words.append(word % 4 == 1 ? "new york city " : "w" + word + " ");
      }
      lines.add(words.toString());
    }
    List<String[]> expected = lines.stream().map(line -> line.strip().split(" +")).toList();
    expected = word2phrase(expected, 3, 4);
    expected = word2phrase(expected, 3, 2);

    WordText text =
        text(String.join("\n", lines) + "\n", "embedding.phrases=4,2", "embedding.min-count=3");
    List<String> words = new ArrayList<>();
    expected.forEach(line -> words.addAll(List.of(line)));
    List<String> all = List.copyOf(words);
    words.removeIf(word -> word.isEmpty() || all.stream().filter(word::equals).count() < 3);
    assertThat(words).anyMatch(word -> word.equals("new_york_city"));
    assertThat(text.vocabulary().total()).isEqualTo(words.size());
    List<String> actual =
        Arrays.stream(numbers(text))
            .filter(number -> number >= 0)
            .mapToObj(number -> text.vocabulary().word(number))
            .toList();
    assertThat(actual).isEqualTo(words);
  }

  private static List<String[]> word2phrase(List<String[]> lines, long minCount, double threshold) {
    Map<String, Long> counts = new HashMap<>();
    long total = 0;
    for (String[] words : lines) {
      for (int at = 0; at < words.length; at++) {
        total += words[at].isEmpty() ? 0 : 1;
        counts.merge(words[at], 1L, Long::sum);
        if (at > 0) {
          counts.merge(words[at - 1] + " " + words[at], 1L, Long::sum);
        }
      }
    }
    List<String[]> joined = new ArrayList<>();
    for (String[] words : lines) {
      StringBuilder line = new StringBuilder(words[0]);
      long before = counts.get(words[0]);
      for (int at = 1; at < words.length; at++) {
        long own = counts.get(words[at]);
        long both = counts.get(words[at - 1] + " " + words[at]);
        boolean out = before < minCount || own < minCount || both < minCount;
        double score = out ? 0 : (both - minCount) / (double) before / own * total;
        line.append(score > threshold ? "_" : " ").append(words[at]);
        before = score > threshold ? 0 : own;
      }
      joined.add(line.toString().split(" "));
    }
    return joined;
  }

  /** Of one file and of five, that is of one or two partitions and of five. */
  @Test
  void cooccurrencesHaveTheSameBitsHoweverTheTextIsDivided() throws IOException {
    List<String> lines = new ArrayList<>();
    Random random = new Random(5);
    for (int line = 0; line < 2000; line++) {
      lines.add(
          String.join(
              " ", random.ints(1 + random.nextInt(20), 0, 90).mapToObj(i -> "w" + i).toList()));
    }
    GloveModel whole = glove(text(String.join("\n", lines) + "\n"), 512L << 20);
    Path parts = Files.createDirectory(folder.resolve("parts"));
    for (int part = 0; part < 5; part++) {
      Files.write(parts.resolve("part" + part), lines.subList(part * 400, part * 400 + 400));
    }
    GloveModel divided = glove(WordText.count(spark.session(), config(parts), Set.of()), 1 << 18);

    for (int word = 0; word < whole.vocabulary().size(); word++) {
      assertThat(divided.word().row(word)).containsExactly(whole.word().row(word));
    }
  }

  private static GloveModel glove(WordText text, long memory) {
    GloveConfig config = new GloveConfig(8, 10, 10, 0.75, 0.05, 1, 1, 7);
    GloveModel model = GloveModel.initial(text.vocabulary(), config);
    try (Cooccurrences entries = PairCounts.count(text, config, memory, Progress.none())) {
      assertThat(entries.size()).isGreaterThan(5000);
      new GloveTrainer(model, config, entries, Kernels.best()).epoch(done -> {});
    }
    return model;
  }

  private static int[] numbers(WordText text) {
    try (WordCorpus corpus = WordCorpus.of(text)) {
      int[] numbers = new int[(int) corpus.length()];
      corpus.read(0, numbers, 0, numbers.length);
      return numbers;
    }
  }

  private WordText text(String content, String... settings) throws IOException {
    return WordText.count(spark.session(), config(content, settings), Set.of());
  }

  private EmbeddingConfig config(String content, String... settings) throws IOException {
    return config(Files.writeString(folder.resolve("text.txt"), content), settings);
  }

  private static EmbeddingConfig config(Path corpus, String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.addAll(List.of("corpus=" + corpus, "output=run", "model.preset=word2vec"));
    return EmbeddingConfigReader.read(Optional.empty(), all, Map.of());
  }
}
