package io.headwater.model.fasttext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.Word2VecFormat;
import io.headwater.model.embedding.WordSequence;
import io.headwater.model.embedding.WordVectors;
import io.headwater.model.word2vec.Kernels;
import io.headwater.model.word2vec.Word2VecConfig;
import io.headwater.model.word2vec.Word2VecConfig.Algorithm;
import io.headwater.model.word2vec.Word2VecConfig.Loss;
import io.headwater.model.word2vec.Word2VecConfig.Negatives;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that go between us and the original program. */
class FastTextProgramTest {
  private static final List<String> ASKED = List.of("paris", "naïve", "unheard-of", "中文字");

  @TempDir private Path folder;

  @BeforeEach
  void findProgram() {
    Assumptions.assumeTrue(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "fasttext"))),
        "the program fasttext is not on the PATH (Debian package fasttext)");
  }

  @ParameterizedTest
  @CsvSource({
    "SKIPGRAM,NS,2,4",
    "SKIPGRAM,HS,2,4",
    "CBOW,NS,2,4",
    "CBOW,HS,2,4",
    "SKIPGRAM,NS,0,0",
    "CBOW,HS,0,0"
  })
  void theProgramOpensOurs(Algorithm algorithm, Loss loss, int minN, int maxN) throws Exception {
    Vocabulary vocabulary =
        Vocabulary.of(
            List.of(
                new Vocabulary.Count("paris", 9),
                new Vocabulary.Count("naïve", 7),
                new Vocabulary.Count("parisian", 3)),
            1);
    Word2VecConfig config =
        new Word2VecConfig(algorithm, loss, 10, 2, 0, 5, Negatives.SHARED, 0.05, 1, 1, 7);
    FastTextModel model =
        FastTextModel.initial(
            vocabulary,
            config,
            FastTextSettings.of(config, 1, new Subwords(minN, maxN, maxN == 0 ? 0 : 300)));
    model.trainer(config, WordSequence.of(0, 1, 2, 0, 1, 0), Kernels.best()).epoch(0, done -> {});
    Path file = folder.resolve("ours.bin");
    FastTextFormat.write(model, file);

    List<String> asked = maxN == 0 ? vocabulary.words() : ASKED;
    assertVectors(model.vectors(), fasttext(file, asked, "print-word-vectors"));
    assertThat(fasttext(file, List.of("paris"), "nn", "2")).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"skipgram,ns,3,6", "cbow,hs,2,3", "skipgram,hs,0,0"})
  void weOpenTheProgrammes(String algorithm, String loss, String minN, String maxN)
      throws Exception {
    Path text = folder.resolve("text");
    Files.writeString(
        text, "paris naïve paris 中文 words\nwords of paris and naïve text\n".repeat(50));
    Path file = folder.resolve("theirs.bin");
    run(
        List.of(),
        Stream.of(
                "fasttext %s -input %s -output %s -loss %s -minn %s -maxn %s -dim 12 -bucket 777"
                    .formatted(algorithm, text, folder.resolve("theirs"), loss, minN, maxN)
                    .split(" "))
            .toList());

    FastTextModel model = FastTextFormat.read(file);
    assertVectors(model.vectors(), fasttext(file, List.of("paris", "naïve"), "print-word-vectors"));
    if (!maxN.equals("0")) {
      assertVectors(model.vectors(), fasttext(file, ASKED, "print-word-vectors"));
    }

    WordVectors plain = Word2VecFormat.TEXT.read(folder.resolve("theirs.vec"));
    assertThat(plain.words()).isEqualTo(model.vocabulary().words());
    assertVectors(plain, fasttext(file, plain.words(), "print-word-vectors"));

    Path back = folder.resolve("back.bin");
    FastTextFormat.write(model, back);
    assertThat(Arrays.equals(tail(back), tail(file))).isTrue();
  }

  /** Without a step of training its words' vectors are ours. */
  @Test
  void theProgramBeginsAClassifierWithOurText() throws Exception {
    Rows rows = new Rows(3, 4);
    for (int row = 0; row < 3; row++) {
      rows.set(row, new float[] {row + 0.25f, -1, 1e-3f * row, 0.5f - row});
    }
    WordVectors vectors = new WordVectors(List.of("fine", "naïve", "unseen"), rows);
    Word2VecFormat.TEXT.write(vectors, folder.resolve("ours.vec"));
    Path text = Files.writeString(folder.resolve("text"), "__label__a fine naïve\n__label__b no\n");
    run(
        List.of(),
        List.of(
            ("fasttext supervised -input %s -output %s -pretrainedVectors %s -dim 4 -epoch 1 -lr 0"
                    + " -thread 1")
                .formatted(text, folder.resolve("task"), folder.resolve("ours.vec"))
                .split(" ")));

    assertVectors(
        vectors, fasttext(folder.resolve("task.bin"), vectors.words(), "print-word-vectors"));
  }

  @ParameterizedTest
  @CsvSource({"softmax,1,0,0", "softmax,2,2,4", "hs,3,0,0", "hs,1,3,3", "ns,2,0,0", "ns,1,2,3"})
  void weOpenTheProgrammesClassifiersAndItOpensOurs(
      String loss, int wordNgrams, String minN, String maxN) throws Exception {
    Path text = folder.resolve("text");
    Files.writeString(
        text,
        ("__label__good a fine naïve film\n__label__bad 中文 no film at all\n"
                + "__label__so_so a film\n__label__good fine fine\n")
            .repeat(20));
    Path file = folder.resolve("theirs.bin");
    run(
        List.of(),
        Stream.of(
                ("fasttext supervised -input %s -output %s -loss %s -wordNgrams %d -minn %s -maxn"
                        + " %s -dim 12 -bucket 777 -thread 1 -epoch 3")
                    .formatted(text, folder.resolve("theirs"), loss, wordNgrams, minN, maxN)
                    .split(" "))
            .toList());
    List<String> asked =
        List.of("a fine film", "unheard of 中文", "no", "so film all 中文 naïve fine fine", "");

    FastTextClassifier theirs = ClassifierFormat.read(file);
    assertThat(theirs.labels().words()).containsExactlyInAnyOrder("good", "bad", "so_so");
    assertProbabilities(theirs, asked, file);

    Path ours = folder.resolve("ours.bin");
    int[] labels = {0, 1, 2, 0, 1};
    new ClassifierTrainer(theirs, true, 0.5, 1).epoch(0, theirs.features(words(asked)), labels);
    ClassifierFormat.write(theirs, ours);
    assertProbabilities(theirs, asked, ours);
    assertThat(ClassifierFormat.reads(ours)).isTrue();
  }

  private static List<List<String>> words(List<String> lines) {
    return lines.stream()
        .map(line -> line.isEmpty() ? List.<String>of() : List.of(line.split(" ")))
        .toList();
  }

  /** Of all labels, as the program tells them. */
  private void assertProbabilities(FastTextClassifier model, List<String> lines, Path file)
      throws Exception {
    float[][] ours = model.logProbabilities(model.features(words(lines)));
    List<String> theirs =
        run(lines, List.of("fasttext", "predict-prob", file.toString(), "-", "3"));
    assertThat(theirs).hasSameSizeAs(lines);
    for (int line = 0; line < ours.length; line++) {
      String[] told = theirs.get(line).strip().split(" ");
      for (int n = 0; n + 1 < told.length; n += 2) {
        int label = model.labels().id(told[n].substring("__label__".length()));
        float probability = Float.parseFloat(told[n + 1]);
        // The sigmoid of the program is a table of steps of 1/32, and it adds 1e-5 before it takes
        // a logarithm.
        assertThat(Math.exp(ours[line][label]))
            .as("%s, %s", lines.get(line), told[n])
            .isCloseTo(probability, within(8e-3));
      }
      assertThat(told.length).isEqualTo(6);
    }
  }

  /** Without the arguments: what a file of word vectors does not need is not kept. */
  private static byte[] tail(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    return Arrays.copyOfRange(bytes, 64, bytes.length);
  }

  private static void assertVectors(WordVectors vectors, List<String> lines) {
    for (String line : lines) {
      String[] parts = line.strip().split(" ");
      float[] ours = vectors.vector(parts[0]).orElseThrow();
      assertThat(parts).hasSize(1 + ours.length);
      for (int d = 0; d < ours.length; d++) {
        float theirs = Float.parseFloat(parts[d + 1]);
        assertThat(ours[d]).isCloseTo(theirs, within(Math.abs(theirs) * 1e-4f + 1e-7f));
      }
    }
  }

  /** Lines that the program answers. */
  private List<String> fasttext(Path model, List<String> input, String command, String... more)
      throws Exception {
    List<String> arguments =
        Stream.concat(Stream.of("fasttext", command, model.toString()), Stream.of(more)).toList();
    return run(input, arguments).stream()
        .map(line -> line.replaceAll("Query word\\? ", ""))
        .filter(line -> !line.isBlank())
        .toList();
  }

  private List<String> run(List<String> input, List<String> command) throws Exception {
    Path in = Files.write(folder.resolve("in"), input);
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue())
        .as(Files.readString(folder.resolve("err"), StandardCharsets.UTF_8))
        .isZero();
    return Files.readAllLines(out);
  }
}
