package io.headwater.model.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headwater.model.fasttext.FastTextFormat;
import io.headwater.model.fasttext.FastTextModel;
import io.headwater.model.fasttext.FastTextSettings;
import io.headwater.model.fasttext.Subwords;
import io.headwater.model.word2vec.Kernels;
import io.headwater.model.word2vec.Word2VecConfig;
import io.headwater.model.word2vec.Word2VecConfig.Algorithm;
import io.headwater.model.word2vec.Word2VecConfig.Loss;
import io.headwater.model.word2vec.Word2VecConfig.Negatives;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that go between us and gensim: it opens ours, and we read what it writes. */
class GensimTest {
  private static final Path PYTHON = Path.of("/usr/bin/python3");
  private static final Path PACKAGE = Path.of("/usr/lib/python3/dist-packages/gensim");

  /** Opens our files, tells the vectors it finds, and writes them again as its own. */
  private static final String SCRIPT =
      """
      from gensim.models import KeyedVectors
      from gensim.models.fasttext import load_facebook_model, save_facebook_model
      def tell(kind, vectors, words):
          for word in words:
              print(kind, word, *vectors[word])
      known = ['paris', 'naïve', '中文字']
      text = KeyedVectors.load_word2vec_format('ours.vec', binary=False)
      tell('text', text, known)
      binary = KeyedVectors.load_word2vec_format('ours-w2v.bin', binary=True)
      tell('binary', binary, known)
      glove = KeyedVectors.load_word2vec_format('ours.txt', binary=False, no_header=True)
      tell('glove', glove, known)
      model = load_facebook_model('ours-ft.bin')
      tell('fasttext', model.wv, known + ['unheard-of'])
      for kind in ['cbow', 'hs']:
          tell(kind, load_facebook_model('ours-' + kind + '.bin').wv, known + ['unheard-of'])
      text.save_word2vec_format('theirs.vec', binary=False)
      text.save_word2vec_format('theirs-w2v.bin', binary=True)
      text.save_word2vec_format('theirs.txt', binary=False, write_header=False)
      model.train([['paris', 'naïve'], ['中文字', 'paris', 'naïve']] * 20, total_examples=40, epochs=1)
      save_facebook_model(model, 'theirs-ft.bin')
      tell('trained', model.wv, known + ['unheard-of'])
      """;

  @TempDir private Path folder;

  @Test
  void eachReadsTheOthersFiles() throws Exception {
    assumeTrue(
        Files.isExecutable(PYTHON) && Files.isDirectory(PACKAGE),
        "gensim is not there (Debian package python3-gensim)");
    FastTextModel model = model(Algorithm.SKIPGRAM, Loss.NS);
    FastTextModel cbow = model(Algorithm.CBOW, Loss.NS);
    FastTextModel hs = model(Algorithm.SKIPGRAM, Loss.HS);
    WordVectors vectors = model.vectors();
    Word2VecFormat.TEXT.write(vectors, folder.resolve("ours.vec"));
    Word2VecFormat.BINARY.write(vectors, folder.resolve("ours-w2v.bin"));
    GloveFormat.write(vectors, folder.resolve("ours.txt"));
    FastTextFormat.write(model, folder.resolve("ours-ft.bin"));
    FastTextFormat.write(cbow, folder.resolve("ours-cbow.bin"));
    FastTextFormat.write(hs, folder.resolve("ours-hs.bin"));

    List<String> told = run();

    assertThat(told).hasSize(3 * 3 + 4 * 4);
    for (String kind : List.of("text", "binary", "glove", "fasttext")) {
      assertVectors(vectors, told, kind);
    }
    assertVectors(cbow.vectors(), told, "cbow");
    assertVectors(hs.vectors(), told, "hs");
    assertVectors(Word2VecFormat.TEXT.read(folder.resolve("theirs.vec")), told, "text");
    assertVectors(Word2VecFormat.BINARY.read(folder.resolve("theirs-w2v.bin")), told, "text");
    assertVectors(GloveFormat.read(folder.resolve("theirs.txt")), told, "text");
    FastTextModel theirs = FastTextFormat.read(folder.resolve("theirs-ft.bin"));
    assertVectors(theirs.vectors(), told, "trained");
    assertThat(theirs.settings().subwords()).isEqualTo(model.settings().subwords());
  }

  private static FastTextModel model(Algorithm algorithm, Loss loss) {
    Vocabulary vocabulary =
        Vocabulary.of(
            List.of(
                new Vocabulary.Count("paris", 9),
                new Vocabulary.Count("naïve", 7),
                new Vocabulary.Count("中文字", 3)),
            1);
    Word2VecConfig config =
        new Word2VecConfig(algorithm, loss, 10, 2, 0, 5, Negatives.SHARED, 0.05, 1, 1, 7);
    FastTextModel model =
        FastTextModel.initial(
            vocabulary, config, FastTextSettings.of(config, 1, new Subwords(2, 4, 300)));
    model.trainer(config, WordSequence.of(0, 1, 2, 0, 1, 0), Kernels.best()).epoch(0, done -> {});
    return model;
  }

  private static void assertVectors(WordVectors vectors, List<String> told, String kind) {
    List<String> lines = told.stream().filter(line -> line.startsWith(kind + " ")).toList();
    assertThat(lines).as(kind).hasSizeBetween(3, 4);
    for (String line : lines) {
      String[] parts = line.split(" ");
      float[] ours = vectors.vector(parts[1]).orElseThrow();
      assertThat(parts).hasSize(2 + ours.length);
      for (int d = 0; d < ours.length; d++) {
        float theirs = Float.parseFloat(parts[d + 2]);
        assertThat(ours[d]).as(line).isCloseTo(theirs, within(Math.abs(theirs) * 1e-5f + 1e-7f));
      }
    }
  }

  private List<String> run() throws Exception {
    Path script = Files.writeString(folder.resolve("script.py"), SCRIPT);
    Path out = folder.resolve("out");
    ProcessBuilder builder = new ProcessBuilder(PYTHON.toString(), script.toString());
    builder.directory(folder.toFile());
    builder.redirectOutput(out.toFile()).redirectError(folder.resolve("err").toFile());
    builder.environment().put("PYTHONIOENCODING", "utf-8");
    Process process = builder.start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("err"))).isZero();
    return Files.readAllLines(out);
  }
}
