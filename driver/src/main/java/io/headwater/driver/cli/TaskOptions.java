package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.finetune.Scores;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the commands of fine-tuned models share. */
final class TaskOptions {
  private TaskOptions() {}

  static void check(String task) {
    if (!task.equals("classification")) {
      throw new UserException("Cannot use task '" + task + "': it must be classification");
    }
  }

  static ObjectNode json(Scores scores) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("examples", scores.examples());
    json.put("accuracy", scores.accuracy());
    json.put("macro_f1", scores.macroF1());
    scores.positiveF1().ifPresent(value -> json.put("f1", value));
    scores.auc().ifPresent(value -> json.put("auc", value));
    ArrayNode labels = json.putArray("labels");
    scores.labels().forEach(labels::add);
    ArrayNode confusion = json.putArray("confusion");
    scores
        .confusion()
        .forEach(
            row -> {
              ArrayNode counts = confusion.addArray();
              row.forEach(counts::add);
            });
    return json;
  }

  static List<String> lines(Scores scores) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "accuracy %.4f, macro F1 %.4f, over %,d examples",
            scores.accuracy(),
            scores.macroF1(),
            scores.examples()));
    scores
        .auc()
        .ifPresent(auc -> lines.add(String.format(Locale.ROOT, "area under ROC %.4f", auc)));
    lines.add("confusion (rows: true label; columns in the same order)");
    for (int label = 0; label < scores.labels().size(); label++) {
      lines.add("  " + scores.labels().get(label) + " " + scores.confusion().get(label));
    }
    return lines;
  }
}
