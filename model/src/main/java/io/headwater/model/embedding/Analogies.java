package io.headwater.model.embedding;

import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Questions of the kind <i>a is to b as c is to what?</i>, in the file of the Google set: four
 * words a line, a line with a colon begins a section. Solved by 3CosAdd (Mikolov et al., 2013): the
 * word nearest to b - a + c that is none of the three.
 */
public final class Analogies {
  private final List<String[]> questions;

  private Analogies(List<String[]> questions) {
    this.questions = questions;
  }

  /**
   * How many were solved.
   *
   * @param known questions all of whose words have vectors
   */
  public record Result(int correct, int known, int questions) {
    /** Of those known; 0 if none is. */
    public double accuracy() {
      return known == 0 ? 0 : (double) correct / known;
    }
  }

  /** Reads a file of questions. */
  public static Analogies read(Path file) {
    List<String[]> questions = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.isBlank() || line.startsWith(":")) {
          continue;
        }
        String[] words = line.strip().split("\\s+");
        if (words.length != 4) {
          throw new UserException(
              "Cannot read analogies " + file + ": '" + line + "' is not four words");
        }
        questions.add(words);
      }
    } catch (IOException e) {
      throw new UserException("Cannot read analogies " + file + ": " + e, e);
    }
    return new Analogies(questions);
  }

  /**
   * Solves them.
   *
   * @param among only the first, most frequent, words are questions and answers
   * @param lowercase whether the questions are put in lower case
   */
  public Result solve(WordVectors vectors, int among, boolean lowercase) {
    WordVectors unit = vectors.normalized();
    List<int[]> known = new ArrayList<>();
    for (String[] question : questions) {
      int[] ids = new int[4];
      boolean all = true;
      for (int w = 0; w < 4; w++) {
        ids[w] = unit.id(lowercase ? question[w].toLowerCase(Locale.ROOT) : question[w]);
        all &= ids[w] >= 0 && ids[w] < among;
      }
      if (all) {
        known.add(ids);
      }
    }
    long correct = known.parallelStream().filter(ids -> isSolved(unit, ids, among)).count();
    return new Result((int) correct, known.size(), questions.size());
  }

  private static boolean isSolved(WordVectors unit, int[] ids, int among) {
    float[] a = unit.rows().row(ids[0]);
    float[] query = unit.rows().row(ids[1]);
    float[] c = unit.rows().row(ids[2]);
    for (int d = 0; d < query.length; d++) {
      query[d] += c[d] - a[d];
    }
    Set<Integer> given = Set.copyOf(List.of(ids[0], ids[1], ids[2]));
    List<WordVectors.Neighbor> best = unit.nearest(query, 1, given, among);
    return !best.isEmpty() && best.get(0).word().equals(unit.words().get(ids[3]));
  }
}
