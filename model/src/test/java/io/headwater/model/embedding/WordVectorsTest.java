package io.headwater.model.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

  @Test
  void equalValuesShareTheirRank() {
    assertThat(WordPairs.ranks(List.of(5.0, 1.0, 5.0, 0.0))).containsExactly(2.5, 1, 2.5, 0);
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
