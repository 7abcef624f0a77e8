package io.headwater.driver.status;

import io.headwater.driver.status.StatusReport.Checkpoint;
import io.headwater.driver.status.StatusReport.CurvePoint;
import io.headwater.driver.status.StatusReport.Event;
import io.headwater.driver.status.StatusReport.Progress;
import io.headwater.driver.status.StatusReport.Replica;
import io.headwater.driver.status.StatusReport.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** A report as lines of a terminal. */
public final class StatusText {
  private static final int SHOWN_EVENTS = 8;
  private static final int BAR = 30;
  private static final String LEVELS = "▁▂▃▄▅▆▇█";

  private StatusText() {}

  /**
   * The report, at most as wide as a terminal where messages are not.
   *
   * @param now to say whether the report is old
   */
  public static List<String> lines(StatusReport report, Instant now) {
    List<String> lines = new ArrayList<>();
    lines.add(head(report));
    if (report.isStale(now)) {
      Duration age = Duration.between(Instant.parse(report.updated()), now);
      lines.add("No word for " + Figures.duration(age.toSeconds()) + ": the run's process is gone");
    }
    if (report.error() != null) {
      lines.add("Error: " + report.error());
    }
    lines.add(progress(report.progress()));
    lines.add(speed(report));
    lines.add("Loss       " + sparkline(report.curve()));
    report.workers().forEach(worker -> lines.add(worker(worker)));
    report
        .shards()
        .forEach(
            shard ->
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "Shard %-4d %s",
                        shard.shard(),
                        shard.replicas().stream()
                            .map(StatusText::replica)
                            .collect(Collectors.joining(", ")))));
    lines.add(checkpoints(report.checkpoints()));
    report.events().stream().limit(SHOWN_EVENTS).forEach(event -> lines.add(event(event)));
    return lines;
  }

  private static String head(StatusReport report) {
    return "Run %s: %s (%s, %s, %s)"
        .formatted(
            report.runId(),
            report.state(),
            report.model(),
            report.objective(),
            report.consistency());
  }

  private static String progress(Progress progress) {
    double part = progress.done();
    int full = (int) (BAR * part);
    String left =
        progress.secondsLeft() == null
            ? ""
            : "  " + Figures.duration(progress.secondsLeft()) + " left";
    return String.format(
        Locale.ROOT,
        "Step       %s%s %,d / %,d  %.0f%%%s",
        "█".repeat(full),
        "░".repeat(BAR - full),
        progress.step(),
        progress.steps(),
        Math.floor(100 * part),
        left);
  }

  private static String speed(StatusReport report) {
    Progress progress = report.progress();
    return String.format(
        Locale.ROOT,
        "Now        loss %s  %s tokens/s  %s s/step  learning rate %s  goodput %s",
        Figures.number("%.4f", progress.loss()),
        Figures.number("%,.0f", progress.tokensPerSecond()),
        Figures.number("%.3f", progress.secondsPerStep()),
        Figures.number("%.3g", progress.learningRate()),
        Figures.percent(report.goodput()));
  }

  /** As many marks as fit, the curve's points joined by their mean. */
  private static String sparkline(List<CurvePoint> curve) {
    List<Double> losses = curve.stream().map(CurvePoint::loss).filter(Objects::nonNull).toList();
    if (losses.isEmpty()) {
      return "–";
    }
    double low = losses.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    double high = losses.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    int marks = Math.min(2 * BAR, losses.size());
    StringBuilder line = new StringBuilder();
    for (int mark = 0; mark < marks; mark++) {
      double mean =
          losses.subList(mark * losses.size() / marks, (mark + 1) * losses.size() / marks).stream()
              .mapToDouble(Double::doubleValue)
              .average()
              .orElseThrow();
      int level = high == low ? 0 : (int) ((mean - low) / (high - low) * (LEVELS.length() - 1));
      line.append(LEVELS.charAt(level));
    }
    return String.format(Locale.ROOT, "%s  %.3f to %.3f", line, low, high);
  }

  private static String worker(Worker worker) {
    return String.format(
        Locale.ROOT,
        "Worker %-3d %-8s heard %s%s%s%s",
        worker.worker(),
        worker.state(),
        Figures.ago(worker.heartbeatAgeSeconds()),
        worker.lagSteps() == null ? "" : Figures.number("  %.0f steps behind", worker.lagSteps()),
        worker.lost() == 0 ? "" : "  lost " + worker.lost() + "x",
        worker.phaseSeconds() == null ? "" : "  " + phases(worker.phaseSeconds()));
  }

  private static String phases(Map<String, Double> seconds) {
    double all = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
    return seconds.entrySet().stream()
        .map(
            phase ->
                String.format(
                    Locale.ROOT,
                    "%s %.0f%%",
                    phase.getKey(),
                    all == 0 ? 0 : 100 * phase.getValue() / all))
        .collect(Collectors.joining("  "));
  }

  private static String replica(Replica replica) {
    return replica.role()
        + (replica.address() == null ? " in the driver" : " " + replica.address())
        + (replica.lostSeconds() == null
            ? ""
            : " (%s ago, %d steps behind)"
                .formatted(Figures.duration(replica.lostSeconds()), replica.lagSteps()));
  }

  private static String checkpoints(StatusReport.Checkpoints checkpoints) {
    String failures = checkpoints.failures() == 0 ? "" : ", " + checkpoints.failures() + " failed";
    if (checkpoints.newest().isEmpty()) {
      return "Checkpoint none by this process yet" + failures;
    }
    Checkpoint newest = checkpoints.newest().get(0);
    return String.format(
        Locale.ROOT,
        "Checkpoint step %,d at %s: %s%s",
        newest.step(),
        newest.time().replaceFirst("\\.\\d+", ""),
        newest.directory(),
        failures);
  }

  private static String event(Event event) {
    return String.format(
        Locale.ROOT,
        "%s %-5s step %,d: %s",
        event.time().replaceFirst("\\.\\d+", ""),
        event.level(),
        event.step(),
        event.message());
  }
}
