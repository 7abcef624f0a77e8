package io.headwater.driver.words;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.run.Progress;
import io.headwater.driver.run.RunState;
import io.headwater.driver.run.StopSignal;
import io.headwater.model.embedding.Word2VecFormat;
import io.headwater.model.embedding.WordVectors;
import io.headwater.model.fasttext.FastTextFormat;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that are stopped inside an epoch, and runs that begin with vectors. */
class EmbeddingRunTest {
  @TempDir private Path folder;

  private TopicText text;

  @BeforeEach
  void writeText() {
    text = TopicText.write(folder);
  }

  private EmbeddingConfig config(String family, String output, String... settings) {
    return text.config(family, output, settings);
  }

  @ParameterizedTest
  @CsvSource({"word2vec,''", "fasttext,embedding.buckets=500", "glove,''"})
  void aRunStoppedInsideAnEpochGoesOnWithTheSameBits(String family, String setting)
      throws IOException {
    EmbeddingReport whole = run(config(family, "whole", setting), false, 0);
    EmbeddingReport stopped = run(config(family, "part", setting), false, 2);

    assertThat(stopped.state()).isEqualTo(RunState.STOPPED);
    assertThat(stopped.epochs()).isZero();
    assertThat(stopped.checkpoint()).endsWith("part/stopped/step-00000000");
    assertThat(WordVectorSource.read(stopped.checkpoint()).words()).hasSize(100);

    double words = metric("headwater_tokens_total");
    double epochs = metric("headwater_steps_total");
    EmbeddingConfig part = config(family, "part", setting);
    EmbeddingReport resumed = run(part, true, 0);

    assertThat(metric("headwater_steps_total") - epochs).isEqualTo(2);
    assertThat(loss(part.embedding().algorithm())).isEqualTo(resumed.loss());
    assertThat(metric("headwater_checkpoint_last_step")).isEqualTo(2);
    if (!family.equals("glove")) {
      // Of the first epoch 10,000 words were read before.
      assertThat(metric("headwater_tokens_total") - words).isEqualTo(70_000);
    }

    assertThat(resumed.epochs()).isEqualTo(2);
    assertThat(folder.resolve("part/stopped")).doesNotExist();
    TopicText.assertSame(whole.checkpoint(), resumed.checkpoint());
    assertThat(resumed.loss()).isEqualTo(whole.loss());
    assertThat(Files.readAllLines(folder.resolve("part/metrics.jsonl"))).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"word2vec,''", "fasttext,embedding.buckets=500", "glove,''"})
  void aRunThatDiesInsideAnEpochGoesOnFromItsLastCheckpoint(String family, String setting)
      throws IOException {
    EmbeddingReport whole = run(config(family, "whole", setting), false, 0);

    EmbeddingReport alive =
        run(
            config(family, "alive", setting, "embedding.checkpoint-words=1000"),
            false,
            new Told(3, () -> copy(folder.resolve("alive"), folder.resolve("dead"))));
    try (Checkpoint inside = Checkpoint.newest(folder.resolve("dead/stopped").toString()).get()) {
      assertThat(inside.step()).isZero();
    }
    EmbeddingReport resumed = run(config(family, "dead", setting), true, 0);

    assertThat(folder.resolve("alive/stopped")).doesNotExist();
    TopicText.assertSame(whole.checkpoint(), alive.checkpoint());
    TopicText.assertSame(whole.checkpoint(), resumed.checkpoint());
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void moreRowsThanCanBeNumberedAreRefusedBeforeAnyIsMade(int workers) {
    EmbeddingConfig config =
        config("fasttext", "run", "embedding.buckets=2147483647", "training.workers=" + workers);

    assertThatThrownBy(() -> run(config, false, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("100 words and 2147483647 buckets");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void anEpochGoesOnWithAsManyThreads() {
    run(config("word2vec", "part", ""), false, 1);

    assertThatThrownBy(() -> run(config("word2vec", "part", "embedding.threads=2"), true, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("inside an epoch with 2 threads: it was stopped with 1");
    assertThatThrownBy(() -> run(config("word2vec", "part", "training.workers=2"), true, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it was stopped inside an epoch");
    assertThatThrownBy(() -> run(config("word2vec", "part", ""), false, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("give --resume");
  }

  @ParameterizedTest
  @CsvSource({
    "word2vec,''",
    "word2vec,embedding.loss=hs",
    "fasttext,embedding.buckets=500",
    "glove,''"
  })
  void newWordsJoinThoseThatThereAre(String family, String setting) throws IOException {
    String old = run(config(family, "old", setting), false, 0).checkpoint();
    Files.writeString(folder.resolve("text.txt"), "w1 w2 novel w3 novel\n".repeat(3000));

    EmbeddingReport grown = run(config(family, "grown", setting, "model.from=" + old), false, 0);

    WordVectors before = WordVectorSource.read(old);
    WordVectors first = WordVectorSource.read(folder.resolve("grown/step-00000000").toString());
    WordVectors last = WordVectorSource.read(grown.checkpoint());
    assertThat(last.words()).hasSize(101).contains("novel");
    for (String word : before.words()) {
      assertThat(first.vector(word).orElseThrow())
          .containsExactly(before.vector(word).orElseThrow());
    }
    assertThat(last.vector("w1").orElseThrow()).isNotEqualTo(before.vector("w1").orElseThrow());
    if (!family.equals("fasttext")) {
      assertThat(last.vector("w99").orElseThrow())
          .containsExactly(before.vector("w99").orElseThrow());
    }
  }

  @Test
  void workersBeginWithVectorsToo() throws IOException {
    String old = run(config("word2vec", "old", ""), false, 0).checkpoint();
    Path file = folder.resolve("old.vec");
    Word2VecFormat.TEXT.write(WordVectorSource.read(old), file);
    Files.writeString(folder.resolve("text.txt"), "w1 w2 novel w3 novel\n".repeat(3000));

    EmbeddingReport grown =
        run(config("word2vec", "grown", "training.workers=2", "model.from=" + file), false, 0);

    WordVectors last = WordVectorSource.read(grown.checkpoint());
    assertThat(last.words()).hasSize(101).contains("novel");
    assertThat(last.vector("w99").orElseThrow())
        .containsExactly(WordVectorSource.read(old).vector("w99").orElseThrow());
  }

  @Test
  void fastTextBeginsWithAFileOfTheProgramAndRefusesWordsAlone() {
    String setting = "embedding.buckets=500";
    String old = run(config("fasttext", "old", setting), false, 0).checkpoint();
    Path file = folder.resolve("old.bin");
    FastTextFormat.write(WordVectorSource.readFastText(old), file);
    Path words = folder.resolve("old.vec");
    Word2VecFormat.TEXT.write(WordVectorSource.read(old), words);

    run(config("fasttext", "more", setting, "training.workers=2", "model.from=" + file), false, 0);

    TopicText.assertSame(old, folder.resolve("more/step-00000000").toString());
    assertThatThrownBy(
            () -> run(config("fasttext", "none", setting, "model.from=" + words), false, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the file has words alone, without n-grams");
  }

  /** The vocabulary of the vectors says which words are one. */
  @Test
  void textIsReadWithThePhrasesOfTheVectors() throws IOException {
    Random random = new Random(5);
    List<String> lines = new ArrayList<>();
    for (int line = 0; line < 600; line++) {
      List<String> words = new ArrayList<>();
      random.ints(5, 0, 50).forEach(word -> words.add("w" + word));
      words.add(2, line % 2 == 0 ? "new york city" : line % 3 == 0 ? "new" : "w");
      lines.add(String.join(" ", words));
    }
    Files.write(folder.resolve("text.txt"), lines);

    String vectors = run(config("word2vec", "run", "embedding.phrases=5,5"), false, 0).checkpoint();

    assertThat(WordVectorSource.reading(vectors).segmenter().words("w1 new york city new w2"))
        .containsExactly("w1", "new_york_city", "new", "w2");
  }

  private static double loss(String objective) {
    return CollectorRegistry.defaultRegistry.getSampleValue(
        "headwater_loss", new String[] {"objective"}, new String[] {objective});
  }

  private static double metric(String name) {
    return CollectorRegistry.defaultRegistry.getSampleValue(name);
  }

  /** Stopped when it tells of its progress for the so-manieth time; never with 0. */
  private static EmbeddingReport run(EmbeddingConfig config, boolean resume, int stopAfter) {
    StopSignal stop = new StopSignal();
    return EmbeddingRun.run(config, resume, stop, new Told(stopAfter, stop::request));
  }

  private static EmbeddingReport run(EmbeddingConfig config, boolean resume, Told progress) {
    return EmbeddingRun.run(config, resume, new StopSignal(), progress);
  }

  /** Does something when it is told of progress for the so-manieth time; never with 0. */
  private static final class Told implements Progress {
    private final int times;
    private final Runnable action;
    private int told;

    Told(int times, Runnable action) {
      this.times = times;
      this.action = action;
    }

    @Override
    public void begin(String what, long total, long done) {}

    @Override
    public synchronized void update(long done, String note) {
      if (++told == times) {
        action.run();
      }
    }

    @Override
    public void say(String line) {}

    @Override
    public void close() {}
  }
}
