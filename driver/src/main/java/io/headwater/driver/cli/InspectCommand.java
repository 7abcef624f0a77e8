package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.driver.run.Inspection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    description =
        "Say what a corpus, a checkpoint or a run's folder is; every checksum is verified.",
    footer = {"", "Example:", "  headwater inspect run/step-00002000"})
final class InspectCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PATH", description = "Folder to look at.")
  private String path;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    ObjectNode found = Inspection.of(path);
    List<String> lines = new ArrayList<>();
    found
        .fields()
        .forEachRemaining(field -> lines.add(field.getKey() + ": " + text(field.getValue())));
    output.print(found, lines);
    return ExitCode.DONE;
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.asText() : value.toString();
  }
}
