package io.headwater.model.embedding;

import io.headwater.checkpoint.UserException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The text file of the original GloVe program: per line a word and its vector, divided by spaces,
 * with nothing before the first. A word may have spaces itself: the numbers are at the end.
 */
public final class GloveFormat {
  private GloveFormat() {}

  /**
   * Whether a text file's first line is a word and numbers; word2vec's is two numbers.
   *
   * @throws UserException if it cannot be read
   */
  public static boolean reads(Path file) {
    try (BufferedReader in = TextLines.open(file)) {
      String first = in.readLine();
      return first != null && !first.strip().matches("\\d+ \\d+");
    } catch (IOException e) {
      throw new UserException("Cannot read " + file + ": " + e, e);
    }
  }

  /** Writes a file, with the shortest decimals that read back to the same floats. */
  public static void write(WordVectors vectors, Path file) {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int id = 0; id < vectors.words().size(); id++) {
        out.write(vectors.words().get(id));
        for (float value : vectors.rows().row(id)) {
          out.write(' ');
          out.write(Float.toString(value));
        }
        out.write('\n');
      }
    } catch (IOException e) {
      throw new UserException("Cannot write " + file + ": " + e, e);
    }
  }

  /**
   * Reads a file.
   *
   * @throws UserException if it cannot be read, is cut short or holds something else
   */
  public static WordVectors read(Path file) {
    List<String> words = new ArrayList<>();
    List<float[]> vectors = new ArrayList<>();
    try (BufferedReader in = TextLines.open(file)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] parts = line.strip().split(" ");
        int dim = vectors.isEmpty() ? parts.length - 1 : vectors.get(0).length;
        if (dim < 1 || parts.length <= dim) {
          throw new UserException(
              "Cannot read "
                  + file
                  + ": line "
                  + (words.size() + 1)
                  + " is no word with "
                  + Math.max(1, dim)
                  + " numbers");
        }
        int first = parts.length - dim;
        vectors.add(numbers(file, words.size() + 1, parts, first));
        words.add(String.join(" ", List.of(parts).subList(0, first)));
      }
    } catch (IOException e) {
      throw new UserException("Cannot read " + file + ": " + e, e);
    }
    if (words.isEmpty()) {
      throw new UserException("Cannot read " + file + ": it is empty");
    }
    Rows rows = new Rows(words.size(), vectors.get(0).length);
    for (int id = 0; id < words.size(); id++) {
      rows.set(id, vectors.get(id));
    }
    return new WordVectors(words, rows);
  }

  private static float[] numbers(Path file, int line, String[] parts, int first) {
    float[] numbers = new float[parts.length - first];
    try {
      for (int d = 0; d < numbers.length; d++) {
        numbers[d] = Float.parseFloat(parts[first + d]);
      }
    } catch (NumberFormatException e) {
      throw new UserException("Cannot read " + file + ": line " + line + ": " + e.getMessage(), e);
    }
    return numbers;
  }
}
