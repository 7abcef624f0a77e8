package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.finetune.Scores;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Shows a task model's scores. */
final class TaskScores {
  private TaskScores() {}

  static ObjectNode json(Scores scores) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("examples", scores.examples());
    scores.measures().forEach(json::put);
    scores
        .confusion()
        .ifPresent(
            confusion -> {
              confusion.labels().forEach(json.putArray("labels")::add);
              ArrayNode rows = json.putArray("confusion");
              for (List<Integer> row : confusion.counts()) {
                ArrayNode counts = rows.addArray();
                row.forEach(counts::add);
              }
            });
    return json;
  }

  static List<String> lines(Scores scores) {
    List<String> lines = new ArrayList<>();
    String measures =
        scores.measures().entrySet().stream()
            .map(
                each ->
                    String.format(
                        Locale.ROOT, "%s %.4f", each.getKey().replace('_', ' '), each.getValue()))
            .collect(Collectors.joining(", "));
    lines.add(String.format(Locale.ROOT, "%s, over %,d examples", measures, scores.examples()));
    scores
        .confusion()
        .ifPresent(
            confusion -> {
              lines.add("confusion (rows: true label; columns in the same order)");
              for (int label = 0; label < confusion.labels().size(); label++) {
                lines.add(
                    "  " + confusion.labels().get(label) + " " + confusion.counts().get(label));
              }
            });
    return lines;
  }
}
