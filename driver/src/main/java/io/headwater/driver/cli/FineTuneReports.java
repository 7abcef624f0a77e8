package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.finetune.FineTuneReport;
import io.headwater.finetune.SeededRuns;
import io.headwater.finetune.Trained;
import io.headwater.finetune.words.WordClassifierReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Shows what fine-tuning runs did. */
final class FineTuneReports {
  private FineTuneReports() {}

  static ObjectNode json(FineTuneReport report) {
    ObjectNode json = TaskScores.json(report.scores());
    json.put("status", "succeeded");
    json.put("task", report.task());
    json.put("method", report.method().toString());
    json.put("steps", report.steps());
    json.put("best_epoch", report.training().best());
    json.put("parameters", report.parameters());
    json.put("trained_parameters", report.trainedParameters());
    json.put("train_examples", report.trainExamples());
    json.put("truncated", report.truncated());
    json.put("seconds", report.seconds());
    json.put("output", report.directory());
    ArrayNode epochs = json.putArray("epochs");
    report.training().epochs().forEach(epoch -> epochs.add(json(epoch)));
    return json;
  }

  private static ObjectNode json(Trained.Epoch epoch) {
    ObjectNode json =
        epoch.scores().map(TaskScores::json).orElseGet(JsonNodeFactory.instance::objectNode);
    json.put("loss", epoch.loss());
    json.put("steps", epoch.steps());
    json.put("seconds", epoch.seconds());
    return json;
  }

  static List<String> lines(FineTuneReport report) {
    List<String> lines = new ArrayList<>(TaskScores.lines(report.scores()));
    int made = report.training().epochs().size();
    if (report.training().best() < made) {
      lines.add("weights of epoch " + report.training().best() + ", the best of " + made);
    }
    lines.add(
        String.format(
            Locale.ROOT, "%.1f s; task model in %s", report.seconds(), report.directory()));
    return lines;
  }

  static ObjectNode json(WordClassifierReport report) {
    ObjectNode json = TaskScores.json(report.scores());
    json.put("status", "succeeded");
    json.put("task", "classification");
    json.put("method", report.method().toString());
    json.put("words", report.words());
    json.put("parameters", report.parameters());
    json.put("trained_parameters", report.trainedParameters());
    json.put("train_examples", report.trainExamples());
    json.put("loss", report.epochLosses().get(report.epochLosses().size() - 1));
    json.put("seconds", report.seconds());
    json.put("output", report.directory());
    return json;
  }

  static List<String> lines(WordClassifierReport report) {
    List<String> lines = new ArrayList<>(TaskScores.lines(report.scores()));
    lines.add(
        String.format(
            Locale.ROOT, "%.1f s; classifier in %s", report.seconds(), report.directory()));
    return lines;
  }

  static ObjectNode json(SeededRuns runs) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("status", "succeeded");
    ObjectNode means = json.putObject("mean");
    ObjectNode deviations = json.putObject("deviation");
    runs.spreads()
        .forEach(
            (name, spread) -> {
              means.put(name, spread.mean());
              deviations.put(name, spread.deviation());
            });
    ArrayNode each = json.putArray("runs");
    runs.reports().forEach((seed, report) -> each.add(json(report).put("seed", seed)));
    return json;
  }

  static List<String> lines(SeededRuns runs) {
    List<String> lines = new ArrayList<>();
    runs.spreads()
        .forEach(
            (name, spread) ->
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "%s %.4f, deviation %.4f, over seeds %s",
                        name.replace('_', ' '),
                        spread.mean(),
                        spread.deviation(),
                        runs.reports().keySet())));
    return lines;
  }
}
