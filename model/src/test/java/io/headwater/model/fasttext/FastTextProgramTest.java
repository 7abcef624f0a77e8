package io.headwater.model.fasttext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.model.embedding.Vocabulary;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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
  @EnumSource
  void theProgramOpensOurs(Loss loss) throws Exception {
    Vocabulary vocabulary =
        Vocabulary.of(
            List.of(
                new Vocabulary.Count("paris", 9),
                new Vocabulary.Count("naïve", 7),
                new Vocabulary.Count("parisian", 3)),
            1);
    Word2VecConfig config =
        new Word2VecConfig(Algorithm.SKIPGRAM, loss, 10, 2, 0, 5, Negatives.SHARED, 0.05, 1, 1, 7);
    FastTextModel model =
        FastTextModel.initial(
            vocabulary, config, FastTextSettings.of(config, 1, new Subwords(2, 4, 300)));
    model.trainer(config, WordSequence.of(0, 1, 2, 0, 1, 0), Kernels.best()).epoch(0, done -> {});
    Path file = folder.resolve("ours.bin");
    FastTextFormat.write(model, file);

    assertVectors(model.vectors(), fasttext(file, ASKED, "print-word-vectors"));
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

    Path back = folder.resolve("back.bin");
    FastTextFormat.write(model, back);
    assertThat(Arrays.equals(tail(back), tail(file))).isTrue();
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
