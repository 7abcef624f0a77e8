package io.headwater.driver.cli;

import io.headwater.driver.status.StatusJson;
import io.headwater.driver.status.StatusReport;
import io.headwater.driver.status.StatusSource;
import io.headwater.driver.status.StatusText;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    description = "Show how a pretraining run stands: the driver's status page in a terminal.",
    footer = {
      "",
      "Example:",
      "  headwater status --output run",
      "  headwater status --url http://driver:9400 --watch"
    })
final class StatusCommand implements Callable<Integer> {
  private static final String CLEAR = "\033[H\033[2J";
  private static final long PERIOD_SECONDS = 2;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Where where;

  @Option(names = "--watch", description = "Show it again every two seconds until the run ends.")
  private boolean watch;

  @Mixin private OutputOptions output;

  /** Whom to ask. */
  static final class Where {
    @Option(names = "--url", description = "A driver's metrics port, as http://driver:9400.")
    private String url;

    @Option(names = "--port", description = "A metrics port of this machine.")
    private Integer port;

    @Option(names = "--output", description = "A run's folder on this machine, also a past run's.")
    private Path directory;

    private StatusSource source() {
      if (directory != null) {
        return StatusSource.folder(directory);
      }
      return StatusSource.url(port == null ? url : "http://localhost:" + port);
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    StatusSource source = where.source();
    StatusReport report = source.read();
    while (watch && !report.isOver() && !report.isStale(Instant.now())) {
      output.print(StatusJson.of(report), screen(report));
      TimeUnit.SECONDS.sleep(PERIOD_SECONDS);
      report = source.read();
    }
    output.print(StatusJson.of(report), screen(report));
    return ExitCode.DONE;
  }

  private List<String> screen(StatusReport report) {
    String text = String.join("\n", StatusText.lines(report, Instant.now()));
    boolean clear = watch && Boolean.getBoolean("headwater.terminal");
    return List.of(clear ? CLEAR + text : text);
  }
}
