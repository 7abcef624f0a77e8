package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.driver.log.LogFormat;
import io.headwater.driver.run.Progress;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that every command has, and how results are printed. */
final class OutputOptions {
  @Option(names = "--json", description = "Print one JSON object as the last line of stdout.")
  private boolean json;

  @Option(
      names = "--log-format",
      description =
          "Log lines, progress and errors as text or json; HEADWATER_LOG_FORMAT does too.")
  private LogFormat logFormat;

  @Option(names = "--debug", description = "Show stack traces.")
  private boolean debug;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec mixee;

  /** Prints the object with {@code --json}, else the lines. */
  void print(ObjectNode object, List<String> lines) {
    if (json) {
      mixee.commandLine().getOut().println(object);
    } else {
      lines.forEach(mixee.commandLine().getOut()::println);
    }
  }

  Progress progress() {
    return Progress.onStandardError();
  }

  /** Makes the format that the command or the environment asks for that of the process. */
  static void applyLogFormat(CommandLine line) {
    if (line.getMixins().get("output") instanceof OutputOptions options
        && options.logFormat != null) {
      options.logFormat.use();
    } else if (LogFormat.current() == LogFormat.JSON) {
      LogFormat.JSON.use();
    }
  }

  /** Whether the command that ran was given {@code --debug}. */
  static boolean debug(CommandLine line) {
    return line.getMixins().get("output") instanceof OutputOptions options && options.debug;
  }
}
