package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.driver.history.PastRun;
import io.headwater.driver.history.RunHistory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "runs",
    description = "List the runs whose records lie in and under a folder, the newest first.",
    subcommands = CompareRunsCommand.class,
    footer = {
      "",
      "Example:",
      "  headwater runs --root experiments",
      "  headwater runs compare experiments/a experiments/b"
    })
final class RunsCommand implements Callable<Integer> {
  @Option(
      names = "--root",
      defaultValue = ".",
      description = "Folder to look in; default: the current one.")
  private Path root;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    Instant now = Instant.now();
    ObjectNode found = JsonNodeFactory.instance.objectNode();
    ArrayNode runs = found.putArray("runs");
    RunHistory.under(root).stream().map((PastRun run) -> run.summary(now)).forEach(runs::add);
    output.print(found, lines(runs));
    return ExitCode.DONE;
  }

  private List<String> lines(ArrayNode runs) {
    if (runs.isEmpty()) {
      return List.of("No runs under " + root);
    }
    Table table =
        new Table(
            "RUN", "STATE", "STAGE", "MODEL", "STEPS", "LOSS", "TOKENS/S", "STARTED", "FOLDER");
    for (JsonNode run : runs) {
      table.add(
          run.path("run_id").asText(),
          run.path("state").asText(),
          run.path("stage").asText(),
          run.path("model").asText(),
          String.format(Locale.ROOT, "%,d", run.path("steps").asLong()),
          number("%.4f", run.path("loss")),
          number("%,.0f", run.path("tokens_per_second")),
          run.path("started").asText().replaceFirst("\\.\\d+", ""),
          run.path("folder").asText());
    }
    return table.lines();
  }

  private static String number(String pattern, JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, pattern, value.asDouble()) : "-";
  }
}
