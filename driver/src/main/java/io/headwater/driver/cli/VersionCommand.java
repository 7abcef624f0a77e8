package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.driver.run.BuildInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "version",
    description = "Print the version, the commit and the versions of the libraries.",
    footer = {"", "Example:", "  headwater version --json"})
final class VersionCommand implements Callable<Integer> {
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    BuildInfo build = BuildInfo.current();
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("version", build.version()).put("commit", build.commit());
    ObjectNode libraries = object.putObject("libraries");
    build.libraries().forEach(libraries::put);
    List<String> lines = new ArrayList<>();
    lines.add("headwater " + build.version() + " (commit " + build.commit() + ")");
    build.libraries().forEach((name, version) -> lines.add(name + " " + version));
    output.print(object, lines);
    return ExitCode.DONE;
  }
}
