package io.headwater.driver.cli;

import io.headwater.driver.history.PastRun;
import io.headwater.driver.history.RunComparison;
import io.headwater.driver.history.RunComparison.Difference;
import io.headwater.driver.history.RunComparison.Losses;
import io.headwater.driver.history.RunComparison.Pair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "compare",
    description = "Show in what two runs differ: settings, data, program, results, loss curves.",
    footer = {"", "Example:", "  headwater runs compare experiments/a experiments/b"})
final class CompareRunsCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "FIRST", description = "Folder of a run.")
  private Path first;

  @Parameters(index = "1", paramLabel = "SECOND", description = "Folder of another.")
  private Path second;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    PastRun a = PastRun.read(first);
    PastRun b = PastRun.read(second);
    RunComparison comparison = RunComparison.of(a, b);
    output.print(comparison.toJson(), lines(comparison));
    return ExitCode.DONE;
  }

  private List<String> lines(RunComparison comparison) {
    List<String> lines = new ArrayList<>();
    if (comparison.settings().isEmpty()) {
      lines.add("Same settings, data and program.");
    } else {
      lines.addAll(table("SETTING", comparison.settings()));
    }
    lines.add("");
    lines.addAll(table("RESULT", comparison.results()));
    lines.add("");
    lines.addAll(losses(comparison.losses()));
    return lines;
  }

  private List<String> table(String heading, List<Difference> differences) {
    Table table = new Table(heading, first.toString(), second.toString());
    for (Difference difference : differences) {
      String key = difference.key().replaceFirst("^(configuration|results)\\.", "");
      table.add(key, orDash(difference.first()), orDash(difference.second()));
    }
    return table.lines();
  }

  private List<String> losses(Losses losses) {
    if (losses.common() == 0) {
      return List.of("Loss: no step has a line in both.");
    }
    Table table = new Table("LOSS AT STEP", first.toString(), second.toString(), "DIFFERENCE");
    for (Pair pair : losses.shown()) {
      table.add(
          String.format(Locale.ROOT, "%,d", pair.step()),
          String.format(Locale.ROOT, "%.5f", pair.first()),
          String.format(Locale.ROOT, "%.5f", pair.second()),
          String.format(Locale.ROOT, "%+.5f", pair.second() - pair.first()));
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.add(
        losses.differing() == 0
            ? String.format(Locale.ROOT, "The same loss at all %,d common steps.", losses.common())
            : String.format(
                Locale.ROOT,
                "Different at %,d of %,d common steps, first at step %,d; %.5f apart on average.",
                losses.differing(),
                losses.common(),
                losses.firstDifferent(),
                losses.meanDifference()));
    return lines;
  }

  private static String orDash(String value) {
    return value.isEmpty() ? "-" : value;
  }
}
