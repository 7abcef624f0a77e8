package io.headwater.driver.cli;

import io.headwater.driver.quickstart.Quickstart;
import io.headwater.driver.quickstart.QuickstartReport;
import io.headwater.driver.run.Progress;
import io.headwater.driver.run.StopSignal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "quickstart",
    description = "The whole chain on a small real corpus: ingest, pretrain, fine-tune, compare.",
    footer = {"", "Example:", "  headwater quickstart --output quickstart"})
final class QuickstartCommand implements Callable<Integer> {
  @Option(
      names = "--output",
      defaultValue = "headwater-quickstart",
      description = "Folder of everything it makes; default ${DEFAULT-VALUE}.")
  private Path directory;

  @Option(
      names = "--steps",
      defaultValue = "1500",
      description = "Steps of pretraining; default ${DEFAULT-VALUE}.")
  private int steps;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    StopSignal stop = new StopSignal();
    stop.listenToSignals();
    try (Progress progress = output.progress()) {
      stop.onRequest(() -> progress.say("Stopping after this step; again to stop at once."));
      Optional<QuickstartReport> report =
          new Quickstart(directory.toAbsolutePath(), steps)
              .run(new IngestDisplay(progress), new FinetuneDisplay(progress), stop, progress);
      progress.close();
      report.ifPresent(done -> output.print(done.toJson(), lines(done)));
      return report.isPresent() ? ExitCode.DONE : ExitCode.INTERRUPTED;
    }
  }

  private static List<String> lines(QuickstartReport report) {
    List<String> lines = new ArrayList<>();
    report
        .table()
        .forEach((name, value) -> lines.add(String.format(Locale.ROOT, "%-22s %s", name, value)));
    lines.add("");
    lines.add("A sample of the pretrained model:");
    report.sample().lines().map(line -> "  | " + line).forEach(lines::add);
    lines.add("");
    lines.add("Report: " + report.page());
    return lines;
  }
}
