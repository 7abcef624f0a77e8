package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.driver.words.WordVectorSource;
import io.headwater.model.embedding.Analogies;
import io.headwater.model.embedding.WordPairs;
import io.headwater.model.embedding.WordVectors;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** {@code evaluate} on word vectors. */
final class WordVectorTasks {
  /** As the original program's default: the most frequent words. */
  private static final int AMONG = 300_000;

  private WordVectorTasks() {}

  static boolean has(String task) {
    return task.equals("analogy") || task.equals("similarity");
  }

  static void evaluate(
      String vectors, String task, Path data, boolean ignoreCase, OutputOptions output) {
    if (task.equals("analogy")) {
      Analogies questions = Analogies.read(data);
      solve(questions, WordVectorSource.read(vectors), ignoreCase, output);
    } else {
      WordPairs pairs = WordPairs.read(data);
      correlate(pairs, WordVectorSource.read(vectors), ignoreCase, output);
    }
  }

  private static void solve(
      Analogies questions, WordVectors vectors, boolean ignoreCase, OutputOptions output) {
    Analogies.Result result = questions.solve(vectors, AMONG, ignoreCase);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("accuracy", result.accuracy());
    json.put("correct", result.correct());
    json.put("known", result.known());
    json.put("questions", result.questions());
    json.put("coverage", (double) result.known() / result.questions());
    output.print(
        json,
        List.of(
            String.format(
                Locale.ROOT,
                "accuracy %.4f: %,d of %,d questions whose words are known; %.1f%% of %,d are",
                result.accuracy(),
                result.correct(),
                result.known(),
                100.0 * result.known() / result.questions(),
                result.questions())));
  }

  private static void correlate(
      WordPairs pairs, WordVectors vectors, boolean ignoreCase, OutputOptions output) {
    WordPairs.Result result = pairs.correlate(vectors, ignoreCase);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (Double.isFinite(result.spearman())) {
      json.put("spearman", result.spearman());
    }
    json.put("known", result.known());
    json.put("pairs", result.pairs());
    json.put("coverage", (double) result.known() / result.pairs());
    output.print(
        json,
        List.of(
            String.format(
                Locale.ROOT,
                "Spearman %.4f over %,d pairs whose words are known, %.1f%% of %,d",
                result.spearman(),
                result.known(),
                100.0 * result.known() / result.pairs(),
                result.pairs())));
  }
}
