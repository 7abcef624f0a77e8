package io.headwater.model.embedding;

import io.headwater.checkpoint.UserException;
import io.headwater.model.Correlation;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Pairs of words with people's judgement of how alike they are, as WordSim-353 has them. */
public final class WordPairs {
  private record Pair(String first, String second, double score) {}

  private static final String NUMBER = "[-+]?\\d+(\\.\\d+)?([eE][-+]?\\d+)?";

  private final List<Pair> pairs;

  private WordPairs(List<Pair> pairs) {
    this.pairs = pairs;
  }

  /**
   * How well cosines follow the judgements.
   *
   * @param spearman rank correlation over the pairs known; NaN with fewer than two
   * @param known pairs both of whose words have vectors
   */
  public record Result(double spearman, int known, int pairs) {}

  /**
   * Reads a file of lines {@code word word score}, divided by tabs, commas or blanks. The score is
   * the first number after the words, as SimLex-999 has a part of speech before it; a first line
   * without one is a heading, as of WordSim-353.
   *
   * @throws UserException if it cannot be read or a line is something else
   */
  public static WordPairs read(Path file) {
    List<Pair> pairs = new ArrayList<>();
    boolean first = true;
    try (BufferedReader in = TextLines.open(file)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        Optional<Pair> pair = pair(line);
        if (pair.isEmpty() && !first) {
          throw new UserException(
              "Cannot read word pairs " + file + ": '" + line + "' is not two words and a score");
        }
        pair.ifPresent(pairs::add);
        first = false;
      }
    } catch (IOException e) {
      throw new UserException("Cannot read word pairs " + file + ": " + e, e);
    }
    if (pairs.isEmpty()) {
      throw new UserException("Cannot read word pairs " + file + ": it has none");
    }
    return new WordPairs(pairs);
  }

  private static Optional<Pair> pair(String line) {
    String divider = line.contains("\t") ? "\t" : line.contains(",") ? "," : "\\s+";
    List<String> parts = Stream.of(line.strip().split(divider)).map(String::strip).toList();
    return parts.stream()
        .skip(2)
        .filter(part -> part.matches(NUMBER))
        .findFirst()
        .map(score -> new Pair(parts.get(0), parts.get(1), Double.parseDouble(score)));
  }

  /** Compares them with the cosines of the vectors. */
  public Result correlate(WordVectors vectors, boolean lowercase) {
    WordVectors unit = vectors.normalized();
    List<Double> cosines = new ArrayList<>();
    List<Double> scores = new ArrayList<>();
    for (Pair pair : pairs) {
      Optional<float[]> first = unit.vector(cased(pair.first(), lowercase));
      Optional<float[]> second = unit.vector(cased(pair.second(), lowercase));
      if (first.isPresent() && second.isPresent()) {
        cosines.add(product(first.get(), second.get()));
        scores.add(pair.score());
      }
    }
    return new Result(
        Correlation.spearman(array(cosines), array(scores)), cosines.size(), pairs.size());
  }

  private static String cased(String word, boolean lowercase) {
    return lowercase ? word.toLowerCase(Locale.ROOT) : word;
  }

  private static double product(float[] x, float[] y) {
    double sum = 0;
    for (int d = 0; d < x.length; d++) {
      sum += (double) x[d] * y[d];
    }
    return sum;
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
