package io.headwater.model.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordVectorsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void readsWhatItWrote(Word2VecFormat format) {
    WordVectors vectors = vectors();
    Path file = folder.resolve("vectors");

    format.write(vectors, file);
    WordVectors read = format.read(file);

    assertThat(read.words()).isEqualTo(vectors.words());
    for (int id = 0; id < read.words().size(); id++) {
      assertThat(read.rows().row(id)).isEqualTo(vectors.rows().row(id));
    }
  }

  @ParameterizedTest
  @EnumSource
  void rejectsTruncatedFiles(Word2VecFormat format) throws IOException {
    Path file = folder.resolve("vectors");
    format.write(vectors(), file);
    byte[] whole = Files.readAllBytes(file);

    for (int length = 0; length < whole.length - 1; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> format.read(file))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("vectors");
    }
  }

  @Test
  void rejectsAHeaderThatPromisesTooMuch() throws IOException {
    Path file = folder.resolve("vectors");
    Files.writeString(file, "900000000 300\nking 1 2\n");

    assertThatThrownBy(() -> Word2VecFormat.BINARY.read(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("too short for 900000000 words of 300");
  }

  @Test
  void readsNumbersOfWordsInAllDigitsThatItWrites() throws IOException {
    Path file = folder.resolve("many.bin");
    Files.writeString(file, Integer.MAX_VALUE + " 1\nword ");
    assertThatThrownBy(() -> Word2VecFormat.BINARY.read(file))
        .hasMessageContaining("too short for 2147483647 words of 1");
    Files.writeString(file, "2147483648 1\nword ");
    assertThatThrownBy(() -> Word2VecFormat.BINARY.read(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("2147483648 words are more than 2147483647");
  }

  @Test
  void solvesAnalogies() throws IOException {
    Path file = folder.resolve("questions.txt");
    Files.writeString(
        file, ": family\nMan King Woman Queen\nman king woman man\nman king woman elsewhere\n");

    Analogies.Result result = Analogies.read(file).solve(vectors(), 1000, true);

    assertThat(result).isEqualTo(new Analogies.Result(1, 2, 3));
  }

  @Test
  void findsNeighborsInOrder() {
    WordVectors unit = vectors().normalized();

    assertThat(unit.nearest(unit.rows().row(unit.id("king")), 2, Set.of(unit.id("king")), 100))
        .extracting(WordVectors.Neighbor::word)
        .containsExactly("man", "queen");
  }

  @Test
  void correlatesRanks() throws IOException {
    Path file = folder.resolve("pairs.txt");
    Files.writeString(file, "king\tking\t10\nking\tman\t6\nking\twoman\t1\nking\tabsent\t3\n");

    WordPairs.Result result = WordPairs.read(file).correlate(vectors(), true);

    assertThat(result.known()).isEqualTo(3);
    assertThat(result.spearman()).isCloseTo(1.0, within(1e-12));
  }

  /** As WordSim-353, SimLex-999, MEN and the rare words are distributed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Word 1,Word 2,Human (mean)\nking,king,10\nking,man,6\nking,woman,1.5\n",
        "word1\tword2\tPOS\tSimLex999\tconc(w1)\nking\tking\tN\t10\t2\nking\tman\tN\t6\t9\n"
            + "king\twoman\tN\t1.5\t1\n",
        "king king 50.000000\nking man 49.5\nking woman 1\n",
        "king\tking\t10\t9\t10\t10\nking\tman\t6\t1\t2\t3\nking\twoman\t0\t0\t0\t0\n",
        "# comment\r\nking\tking\t1e1\r\nking\tman\t6\r\n\r\nking\twoman\t-1\r\n"
      })
  void readsPairsOfEachDistribution(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("pairs.txt"), text);

    WordPairs.Result result = WordPairs.read(file).correlate(vectors(), true);

    assertThat(result.pairs()).isEqualTo(3);
    assertThat(result.known()).isEqualTo(3);
    assertThat(result.spearman()).isCloseTo(1.0, within(1e-12));
  }

  @Test
  void rejectsALineThatIsNoPair() throws IOException {
    Path file = Files.writeString(folder.resolve("pairs.txt"), "king man 6\nking man\n");

    assertThatThrownBy(() -> WordPairs.read(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'king man' is not two words and a score");
  }

  @Test
  void readsEveryPublishedSet() throws IOException {
    Path sets = Path.of(System.getProperty("headwater.data")).resolve("word-eval");
    assumeTrue(Files.isDirectory(sets), "the word pairs of word-eval are not there");
    Map<String, Integer> pairs =
        Map.of(
            "EN-MC-30.txt", 30,
            "EN-MEN-TR-3k.txt", 3000,
            "EN-RG-65.txt", 65,
            "EN-SIMLEX-999.txt", 999,
            "EN-WS-353-ALL.txt", 353,
            "EN-WS-353-REL.txt", 252,
            "EN-WS-353-SIM.txt", 203);
    for (Map.Entry<String, Integer> set : pairs.entrySet()) {
      WordPairs read = WordPairs.read(sets.resolve(set.getKey()));
      assertThat(read.correlate(vectors(), true).pairs()).isEqualTo(set.getValue());
    }
    Analogies questions = Analogies.read(sets.resolve("questions-words.txt"));
    assertThat(questions.solve(vectors(), 100, true).questions()).isEqualTo(19_544);
  }

  @Test
  void rowsBeyondOneBlockKeepTheirValues() {
    Rows rows = new Rows(20_000, 1000);
    rows.set(19_999, filled(1000, 3));
    rows.set(0, filled(1000, 2));

    float[] back = new float[1500];
    rows.read(19_998L * 1000 + 500, back, 0, 1500);

    assertThat(back[499]).isZero();
    assertThat(back[500]).isEqualTo(3);
    assertThat(rows.row(0)[999]).isEqualTo(2);
  }

  private static float[] filled(int length, float value) {
    float[] row = new float[length];
    Arrays.fill(row, value);
    return row;
  }

  private static WordVectors vectors() {
    List<String> words = List.of("man", "woman", "king", "queen", "naïve");
    float[][] rows = {{1, 0, .1f}, {0, 1, .1f}, {1, 0, 1.3f}, {0, 1, 1.3f}, {-1, -1e-7f, -.25f}};
    Rows matrix = new Rows(words.size(), 3);
    for (int id = 0; id < rows.length; id++) {
      matrix.set(id, rows[id]);
    }
    return new WordVectors(words, matrix);
  }
}
