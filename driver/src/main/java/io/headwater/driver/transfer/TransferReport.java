package io.headwater.driver.transfer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.driver.report.HtmlReport;
import io.headwater.driver.report.LineChart;
import io.headwater.driver.report.LineChart.Point;
import io.headwater.driver.report.LineChart.Scale;
import io.headwater.driver.report.LineChart.Series;
import io.headwater.finetune.SeededRuns.Spread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * What the comparison came to.
 *
 * @param comparisons by share, ascending
 */
public record TransferReport(TransferConfig config, List<Comparison> comparisons) {
  private static final String PRETRAINED = "pretrained";
  private static final String SCRATCH = "from random weights";

  /** The columns of {@link #rows}. */
  public static final List<String> COLUMNS =
      List.of(
          "labels",
          "examples",
          PRETRAINED,
          SCRATCH,
          "gain",
          "steps: scratch at its best",
          "steps: pretrained as good",
          "seconds: scratch at its best",
          "seconds: pretrained as good");

  public TransferReport {
    comparisons = List.copyOf(comparisons);
  }

  /** The page for people. */
  public Path page() {
    return config.output().resolve("transfer-report.html");
  }

  /** Name of the score. */
  public String measure() {
    return comparisons.get(0).pretrained().get(0).measure();
  }

  /** The smallest share with which pretrained weights do as well as random ones with the most. */
  public OptionalDouble shareThatSuffices() {
    double wanted = comparisons.get(comparisons.size() - 1).scratchScore().mean();
    return comparisons.stream()
        .filter(comparison -> comparison.pretrainedScore().mean() >= wanted)
        .mapToDouble(Comparison::share)
        .findFirst();
  }

  /** The table, a row for each share. */
  public List<List<String>> rows() {
    return comparisons.stream().map(TransferReport::row).toList();
  }

  private static List<String> row(Comparison comparison) {
    return List.of(
        percent(comparison.share()),
        format("%,d", comparison.examples()),
        text(comparison.pretrainedScore()),
        text(comparison.scratchScore()),
        format("%+.4f", comparison.gain()),
        format("%.0f", comparison.stepsOfScratch()),
        text("%.0f", comparison.stepsToReachScratch()),
        format("%.1f", comparison.secondsOfScratch()),
        text("%.1f", comparison.secondsToReachScratch()));
  }

  /** What the table shows, in a sentence. */
  public String verdict() {
    double all = comparisons.get(comparisons.size() - 1).share();
    return shareThatSuffices().stream()
        .mapToObj(
            share ->
                "Pretrained weights with "
                    + percent(share)
                    + " of the labels do as well as random ones with "
                    + percent(all)
                    + ".")
        .findFirst()
        .orElse("Pretrained weights do not do as well as random ones with " + percent(all) + ".");
  }

  /** As {@code --json} prints it, and {@code transfer-report.json} has it. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("status", "succeeded");
    json.put("task", config.task().name());
    json.put("checkpoint", config.checkpoint());
    json.put("train", config.train());
    json.put("eval", config.evaluation());
    json.put("measure", measure());
    json.put("seeds", config.seeds());
    shareThatSuffices().ifPresent(share -> json.put("share_that_suffices", share));
    ArrayNode shares = json.putArray("shares");
    for (Comparison comparison : comparisons) {
      ObjectNode node = shares.addObject();
      node.put("share", comparison.share());
      node.put("examples", comparison.examples());
      node.put("gain", comparison.gain());
      node.put("steps_of_scratch", comparison.stepsOfScratch());
      comparison
          .stepsToReachScratch()
          .ifPresent(steps -> node.put("steps_to_reach_scratch", steps));
      node.put("seconds_of_scratch", comparison.secondsOfScratch());
      comparison
          .secondsToReachScratch()
          .ifPresent(seconds -> node.put("seconds_to_reach_scratch", seconds));
      put(node.putObject("pretrained"), comparison.pretrainedScore(), comparison.pretrained());
      put(node.putObject("scratch"), comparison.scratchScore(), comparison.scratch());
    }
    json.put("report", page().toString());
    return json;
  }

  private static void put(ObjectNode node, Spread score, List<Outcome> runs) {
    node.put("mean", score.mean());
    node.put("deviation", score.deviation());
    ArrayNode array = node.putArray("runs");
    for (Outcome run : runs) {
      ObjectNode each = array.addObject();
      each.put("seed", run.seed());
      each.put("score", run.score());
      ArrayNode epochs = each.putArray("epochs");
      for (Outcome.Epoch epoch : run.epochs()) {
        epochs
            .addObject()
            .put("steps", epoch.steps())
            .put("seconds", epoch.seconds())
            .put("score", epoch.score());
      }
    }
  }

  void write() {
    Path file = config.output().resolve("transfer-report.json");
    try {
      Files.writeString(
          file, new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(toJson()));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
    toHtml().write(page());
  }

  private HtmlReport toHtml() {
    HtmlReport html = new HtmlReport("What pretraining is worth: " + config.task().name());
    html.text("In short", verdict());
    html.table(
        measure() + ", mean and standard deviation of " + config.seeds() + " seeds",
        COLUMNS,
        rows());
    html.chart(
        new LineChart(
            measure() + " over per cent of the labels",
            List.of(
                new Series(PRETRAINED, points(c -> c.pretrainedScore().mean())),
                new Series(SCRATCH, points(c -> c.scratchScore().mean()))),
            Scale.LOGARITHMIC));
    for (Comparison comparison : comparisons) {
      html.chart(
          new LineChart(
              measure()
                  + " over optimizer steps, "
                  + percent(comparison.share())
                  + " of the labels, mean of seeds",
              List.of(
                  new Series(PRETRAINED, curve(comparison.pretrained())),
                  new Series(SCRATCH, curve(comparison.scratch()))),
              Scale.LINEAR));
    }
    return html;
  }

  private List<Point> points(ToDoubleFunction<Comparison> score) {
    return comparisons.stream()
        .map(comparison -> new Point(100 * comparison.share(), score.applyAsDouble(comparison)))
        .toList();
  }

  /** Runs of a share have as many epochs, of as many steps. */
  private static List<Point> curve(List<Outcome> runs) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < runs.get(0).epochs().size(); i++) {
      int epoch = i;
      points.add(
          new Point(
              runs.get(0).epochs().get(epoch).steps(),
              Outcome.spread(runs, run -> run.epochs().get(epoch).score()).mean()));
    }
    return points;
  }

  static String percent(double share) {
    return format("%s %%", format("%.2f", 100 * share).replaceFirst("\\.?0+$", ""));
  }

  private static String text(Spread spread) {
    return format("%.4f \u00b1 %.4f", spread.mean(), spread.deviation());
  }

  private static String text(String pattern, OptionalDouble value) {
    return value.isPresent() ? format(pattern, value.getAsDouble()) : "never";
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
