package io.headwater.model.embedding;

import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Questions of the kind <i>a is to b as c is to what?</i>, in the file of the Google set: four
 * words a line, a line with a colon begins a section. Solved by 3CosAdd (Mikolov et al., 2013): the
 * word nearest to b - a + c that is none of the three.
 */
public final class Analogies {
  private static final int BATCH = 64;

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
    if (questions.isEmpty()) {
      throw new UserException("Cannot read analogies " + file + ": it has none");
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
    List<List<int[]>> batches = new ArrayList<>();
    for (int from = 0; from < known.size(); from += BATCH) {
      batches.add(known.subList(from, Math.min(known.size(), from + BATCH)));
    }
    int correct = batches.parallelStream().mapToInt(batch -> solved(unit, batch, among)).sum();
    return new Result(correct, known.size(), questions.size());
  }

  /** Queries side by side, so that the loop over them is one of vectors. */
  private static int solved(WordVectors unit, List<int[]> batch, int among) {
    int dim = unit.dim();
    float[] queries = new float[dim * BATCH];
    for (int q = 0; q < batch.size(); q++) {
      float[] a = unit.rows().row(batch.get(q)[0]);
      float[] b = unit.rows().row(batch.get(q)[1]);
      float[] c = unit.rows().row(batch.get(q)[2]);
      for (int d = 0; d < dim; d++) {
        queries[d * BATCH + q] = b[d] - a[d] + c[d];
      }
    }
    float[] best = new float[BATCH];
    Arrays.fill(best, Float.NEGATIVE_INFINITY);
    int[] answer = new int[BATCH];
    float[] products = new float[BATCH];
    for (int id = 0; id < Math.min(among, unit.words().size()); id++) {
      multiply(unit.rows().row(id), queries, products);
      for (int q = 0; q < batch.size(); q++) {
        int[] ids = batch.get(q);
        if (products[q] > best[q] && id != ids[0] && id != ids[1] && id != ids[2]) {
          best[q] = products[q];
          answer[q] = id;
        }
      }
    }
    return (int) IntStream.range(0, batch.size()).filter(q -> answer[q] == batch.get(q)[3]).count();
  }

  private static void multiply(float[] row, float[] queries, float[] products) {
    Arrays.fill(products, 0);
    for (int d = 0; d < row.length; d++) {
      float value = row[d];
      int at = d * BATCH;
      for (int q = 0; q < BATCH; q++) {
        products[q] += value * queries[at + q];
      }
    }
  }
}
