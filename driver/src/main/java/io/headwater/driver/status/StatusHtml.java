package io.headwater.driver.status;

import static io.headwater.driver.report.Html.escape;

import io.headwater.driver.report.LineChart;
import io.headwater.driver.status.StatusReport.Checkpoint;
import io.headwater.driver.status.StatusReport.CurvePoint;
import io.headwater.driver.status.StatusReport.Event;
import io.headwater.driver.status.StatusReport.Progress;
import io.headwater.driver.status.StatusReport.Replica;
import io.headwater.driver.status.StatusReport.Shard;
import io.headwater.driver.status.StatusReport.Worker;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A report as HTML. The page is whole without a script; its own, small one fetches the page again
 * and again and puts the new content in the old one's place.
 */
public final class StatusHtml {
  private static final String STYLE = resource("status.css");
  private static final String SCRIPT = resource("status.js");
  private static final int SHOWN_EVENTS = 40;

  /** The page's own script, as a content security policy names it. */
  static final String SCRIPT_SOURCE =
      "'sha256-" + Base64.getEncoder().encodeToString(sha256(SCRIPT)) + "'";

  private StatusHtml() {}

  static String page(StatusReport report) {
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="data:,">
    <title>%s</title>
    <style>
    body { margin: 0; }
    %s</style>
    <noscript><meta http-equiv="refresh" content="5"></noscript>
    </head>
    <body>
    %s<script>%s</script>
    </body>
    </html>
    """
        .formatted(escape(title(report)), STYLE, content(report, footer(report)), SCRIPT);
  }

  /** To be put into another page, with its style. */
  public static String fragment(StatusReport report) {
    return "<style>\n" + STYLE + "</style>\n" + content(report, "");
  }

  private static String title(StatusReport report) {
    Progress progress = report.progress();
    return "%d%% %s: %s".formatted(percent(progress), report.runId(), report.state());
  }

  private static String content(StatusReport report, String footer) {
    return "<main class=\"headwater\" data-title=\"%s\" data-over=\"%s\">\n"
            .formatted(escape(title(report)), report.isOver())
        + head(report)
        + tiles(report)
        + charts(report.curve())
        + workers(report.workers())
        + shards(report.shards())
        + checkpoints(report.checkpoints())
        + events(report.events())
        + footer
        + "</main>\n";
  }

  private static String footer(StatusReport report) {
    return "<footer><a href=\"/status.json\">status.json</a> · <a href=\"/metrics\">metrics</a>"
        + " · Headwater "
        + escape(report.version())
        + "</footer>\n";
  }

  private static String head(StatusReport report) {
    Progress progress = report.progress();
    String error = report.error() == null ? "" : "<p class=\"error\">" + escape(report.error());
    return """
    <header><h1>%s</h1><p><b class="state %s">%s</b> %s, %s, %s</p>%s</header>
    <div class="bar" role="progressbar" aria-valuemin="0" aria-valuemax="%d" aria-valuenow="%d"><i style="width:%d%%"></i></div>
    <p>Step <b id="step">%,d</b> of %,d · %d%% · %s</p>
    """
        .formatted(
            escape(report.runId()),
            escape(report.state()),
            escape(report.state()),
            escape(report.model()),
            escape(report.objective()),
            escape(report.consistency()),
            error,
            progress.steps(),
            progress.step(),
            percent(progress),
            progress.step(),
            progress.steps(),
            percent(progress),
            progress.secondsLeft() == null
                ? "updated " + time(report.updated())
                : Figures.duration(progress.secondsLeft())
                    + " left · updated "
                    + time(report.updated()));
  }

  private static String tiles(StatusReport report) {
    Progress progress = report.progress();
    return "<section class=\"tiles\">"
        + tile("Loss", Figures.number("%.4f", progress.loss()))
        + tile("Validation loss", Figures.number("%.4f", progress.validationLoss()))
        + tile("Tokens per second", Figures.number("%,.0f", progress.tokensPerSecond()))
        + tile("Seconds per step", Figures.number("%.3f", progress.secondsPerStep()))
        + tile("Tokens", String.format(Locale.ROOT, "%,d", progress.tokens()))
        + tile("Learning rate", Figures.number("%.3g", progress.learningRate()))
        + tile("Gradient norm", Figures.number("%.3f", progress.gradNorm()))
        + tile("Goodput", Figures.percent(report.goodput()))
        + "</section>\n";
  }

  private static String tile(String name, String value) {
    return "<div><span>" + name + "</span><b>" + value + "</b></div>";
  }

  private static String charts(List<CurvePoint> curve) {
    return "<section class=\"charts\">"
        + chart("Training loss, nats, over steps", curve, CurvePoint::loss)
        + chart("Tokens per second, over steps", curve, CurvePoint::tokensPerSecond)
        + "</section>\n";
  }

  private static String chart(
      String title, List<CurvePoint> curve, Function<CurvePoint, Double> value) {
    return new LineChart(
            title,
            curve.stream()
                .filter(point -> value.apply(point) != null)
                .map(point -> new LineChart.Point(point.step(), value.apply(point)))
                .toList())
        .toSvg();
  }

  private static String workers(List<Worker> workers) {
    return table(
        "Workers",
        List.of("Worker", "State", "Heard", "Lag", "Lost", "Time of its steps"),
        workers.stream()
            .map(
                worker ->
                    List.of(
                        Integer.toString(worker.worker()),
                        state(worker.state()),
                        Figures.ago(worker.heartbeatAgeSeconds()),
                        Figures.number("%.0f steps", worker.lagSteps()),
                        worker.lost() == 0 ? "" : worker.lost() + "×",
                        phases(worker.phaseSeconds())))
            .toList());
  }

  /** A bar as wide as the column, in parts. */
  private static String phases(Map<String, Double> seconds) {
    if (seconds == null) {
      return "";
    }
    double all = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
    if (all == 0) {
      return "";
    }
    StringBuilder bar = new StringBuilder("<span class=\"phases\">");
    StringBuilder legend = new StringBuilder();
    seconds.forEach(
        (phase, spent) -> {
          String share = String.format(Locale.ROOT, "%.1f", 100 * spent / all);
          bar.append("<i class=\"%s\" style=\"width:%s%%\"></i>".formatted(escape(phase), share));
          legend.append(
              "<small class=\"%s\">%s %s%%</small> "
                  .formatted(escape(phase), escape(phase.replace('_', ' ')), share));
        });
    return bar.append("</span>").append(legend).toString();
  }

  private static String shards(List<Shard> shards) {
    return table(
        "Parameter shards",
        List.of("Shard", "Parameters", "Memory", "Replicas"),
        shards.stream()
            .map(
                shard ->
                    List.of(
                        Integer.toString(shard.shard()),
                        Figures.number("%,.0f", shard.parameters()),
                        Figures.bytes(shard.memoryBytes()),
                        shard.replicas().stream()
                            .map(StatusHtml::replica)
                            .collect(Collectors.joining("<br>"))))
            .toList());
  }

  private static String replica(Replica replica) {
    String where = replica.address() == null ? "in the driver" : escape(replica.address());
    String lost =
        replica.lostSeconds() == null
            ? ""
            : ", %s ago, %,d steps behind"
                .formatted(Figures.duration(replica.lostSeconds()), replica.lagSteps());
    return state(replica.role()) + " " + where + lost;
  }

  private static String checkpoints(StatusReport.Checkpoints checkpoints) {
    String when =
        checkpoints.everySteps() == 0
            ? "after the last step"
            : "every %,d steps".formatted(checkpoints.everySteps());
    String failures =
        checkpoints.failures() == 0 ? "" : ", <b>" + checkpoints.failures() + " failed</b>";
    List<List<String>> rows = checkpoints.newest().stream().map(StatusHtml::checkpoint).toList();
    return table(
        "Checkpoints, " + when + failures, List.of("Step", "Committed", "In", "Folder"), rows);
  }

  private static List<String> checkpoint(Checkpoint checkpoint) {
    return List.of(
        "%,d".formatted(checkpoint.step()),
        time(checkpoint.time()),
        Figures.number("%.2f s", checkpoint.seconds()),
        escape(checkpoint.directory()));
  }

  private static String events(List<Event> events) {
    return table(
        "Events",
        List.of("Time", "Step", "What"),
        events.stream()
            .limit(SHOWN_EVENTS)
            .map(
                event ->
                    List.of(
                        time(event.time()),
                        "%,d".formatted(event.step()),
                        "<span class=\"%s\">%s</span>"
                            .formatted(escape(event.level()), escape(event.message()))))
            .toList());
  }

  private static String table(String heading, List<String> columns, List<List<String>> rows) {
    if (rows.isEmpty()) {
      return "<section><h2>" + heading + "</h2><p>None yet.</p></section>\n";
    }
    StringBuilder table =
        new StringBuilder("<section><h2>" + heading + "</h2><div class=\"scroll\"><table><tr>");
    columns.forEach(column -> table.append("<th>").append(column).append("</th>"));
    table.append("</tr>\n");
    for (List<String> row : rows) {
      table.append("<tr>");
      row.forEach(cell -> table.append("<td>").append(cell).append("</td>"));
      table.append("</tr>\n");
    }
    return table.append("</table></div></section>\n").toString();
  }

  private static String state(String state) {
    return "<span class=\"state %s\">%s</span>".formatted(escape(state), escape(state));
  }

  /** The script says it in the reader's own time zone. */
  private static String time(String instant) {
    return "<time datetime=\"%s\">%s</time>"
        .formatted(escape(instant), escape(instant.replaceFirst("\\.\\d+", "")));
  }

  private static long percent(Progress progress) {
    return (long) (100 * progress.done());
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = StatusHtml.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
