package io.headwater.driver.report;

import static io.headwater.driver.report.Html.escape;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A page of tables, charts and texts; light or dark as the reader's system is. */
public final class HtmlReport {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1c2024; --soft: #60646c; --line: #d9d9e0; --accent: #0b68cb; --second: #c2410c; --third: #15803d; --page: #ffffff; }
      @media (prefers-color-scheme: dark) { :root { --ink: #edeef0; --soft: #b0b4ba; --line: #363a3f; --accent: #70b8ff; --second: #fb923c; --third: #4ade80; --page: #111113; } }
      body { margin: 0 auto; max-width: 720px; padding: 16px; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
      h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
      figure { margin: 1rem 0; } figcaption { color: var(--soft); }
      svg { width: 100%; height: auto; } svg text { fill: var(--soft); font-size: 12px; }
      .grid { stroke: var(--line); } polyline { fill: none; stroke: var(--accent); stroke-width: 1.5; }
      polyline.line1 { stroke: var(--second); stroke-dasharray: 5 3; } polyline.line2 { stroke: var(--third); stroke-dasharray: 2 3; }
      .legend { list-style: none; display: flex; gap: 16px; padding: 0; margin: 0; color: var(--accent); } .legend .line1 { color: var(--second); } .legend .line2 { color: var(--third); }
      .legend li::before { content: "\\2014\\2009"; }
      table { border-collapse: collapse; width: 100%; } td, th { border-bottom: 1px solid var(--line); padding: 4px 8px 4px 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
      th { color: var(--soft); font-weight: normal; width: 40%; } .wide th { width: auto; }
      pre { overflow-x: auto; white-space: pre-wrap; border-left: 3px solid var(--line); padding-left: 12px; }
      """;

  private final StringBuilder body = new StringBuilder();
  private final String title;

  public HtmlReport(String title) {
    this.title = title;
  }

  /** The page of one pretraining run, from its {@code run.json} and {@code metrics.jsonl}. */
  public static HtmlReport ofRun(JsonNode run, Path metrics) {
    HtmlReport report = new HtmlReport("Pretraining run " + run.path("run_id").asText());
    report.table("Results", flatten(run.path("results")));
    charts(metrics).forEach(report::chart);
    report.table("Configuration", flatten(run.path("configuration")));
    report.table("Corpus", flatten(run.path("corpus")));
    report.table("Model", flatten(run.path("model")));
    report.table("Program", flatten(run.path("libraries")));
    return report;
  }

  /** Loss and throughput over the steps that {@code metrics.jsonl} holds. */
  public static List<LineChart> charts(Path metrics) {
    List<LineChart.Point> loss = new ArrayList<>();
    List<LineChart.Point> throughput = new ArrayList<>();
    List<LineChart.Point> validation = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(metrics)) {
        JsonNode step = MAPPER.readTree(line);
        double x = step.path("step").asDouble();
        if (step.has("validation_loss")) {
          validation.add(new LineChart.Point(x, step.path("validation_loss").asDouble()));
          continue;
        }
        loss.add(new LineChart.Point(x, step.path("loss").asDouble(Double.NaN)));
        if (x > 1) { // the first step includes the start
          throughput.add(
              new LineChart.Point(x, step.path("tokens_per_second").asDouble(Double.NaN)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot draw " + metrics, e);
    }
    List<LineChart> charts = new ArrayList<>();
    charts.add(new LineChart("Training loss, nats per token, over steps", loss));
    if (!validation.isEmpty()) {
      charts.add(new LineChart("Validation loss, nats per token, over steps", validation));
    }
    charts.add(new LineChart("Throughput, tokens per second, over steps", throughput));
    return charts;
  }

  public void chart(LineChart chart) {
    body.append(chart.toSvg());
  }

  public void table(String heading, Map<String, String> rows) {
    body.append("<h2>").append(escape(heading)).append("</h2>\n<table>\n");
    rows.forEach(
        (name, value) ->
            body.append(
                "<tr><th>%s</th><td>%s</td></tr>\n".formatted(escape(name), escape(value))));
    body.append("</table>\n");
  }

  /**
   * A table with a row of column names.
   *
   * @param rows of as many cells as there are columns
   */
  public void table(String heading, List<String> columns, List<List<String>> rows) {
    body.append("<h2>").append(escape(heading)).append("</h2>\n<table class=\"wide\">\n<tr>");
    columns.forEach(name -> body.append("<th>").append(escape(name)).append("</th>"));
    body.append("</tr>\n");
    for (List<String> row : rows) {
      body.append("<tr>");
      row.forEach(cell -> body.append("<td>").append(escape(cell)).append("</td>"));
      body.append("</tr>\n");
    }
    body.append("</table>\n");
  }

  public void text(String heading, String text) {
    body.append("<h2>%s</h2>\n<pre>%s</pre>\n".formatted(escape(heading), escape(text)));
  }

  /** Writes the page; what was there is replaced. */
  public void write(Path file) {
    try {
      Files.writeString(file, toHtml());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }

  String toHtml() {
    return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
        + escape(title)
        + "</title>\n<style>\n"
        + STYLE
        + "</style>\n</head>\n<body>\n<h1>"
        + escape(title)
        + "</h1>\n"
        + body
        + "</body>\n</html>\n";
  }

  private static Map<String, String> flatten(JsonNode node) {
    Map<String, String> rows = new LinkedHashMap<>();
    flatten("", node, rows);
    return rows;
  }

  private static void flatten(String prefix, JsonNode node, Map<String, String> rows) {
    node.fields()
        .forEachRemaining(
            field -> {
              String name = prefix + field.getKey();
              if (field.getValue().isObject()) {
                flatten(name + ".", field.getValue(), rows);
              } else {
                rows.put(
                    name,
                    field.getValue().isTextual()
                        ? field.getValue().asText()
                        : field.getValue().toString());
              }
            });
  }
}
