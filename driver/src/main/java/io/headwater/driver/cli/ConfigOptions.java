package io.headwater.driver.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where a run's configuration comes from. */
final class ConfigOptions {
  @Option(names = "--config", description = "The run's YAML file.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Set a key on top of the file, as training.learning-rate=3e-4; repeatable.")
  private List<String> assignments = List.of();

  Optional<Path> file() {
    return Optional.ofNullable(file);
  }

  List<String> assignments() {
    return assignments;
  }
}
