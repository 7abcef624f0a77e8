package io.headwater.driver.cli;

import io.headwater.checkpoint.UserException;
import io.headwater.driver.log.LogFormat;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** All commands, and how their errors become one line and an exit code. */
@Command(
    name = "headwater",
    description = "Pretraining for the JVM: documents in, trained models out.",
    mixinStandardHelpOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      QuickstartCommand.class,
      IngestCommand.class,
      PretrainCommand.class,
      FinetuneCommand.class,
      TransferReportCommand.class,
      EvaluateCommand.class,
      AuditCommand.class,
      GenerateCommand.class,
      NeighborsCommand.class,
      EmbedCommand.class,
      ImportCommand.class,
      ExportCommand.class,
      InspectCommand.class,
      StatusCommand.class,
      RunsCommand.class,
      DoctorCommand.class,
      PlanCommand.class,
      ParameterServerCommand.class,
      VersionCommand.class
    },
    footer = {
      "",
      "Exit codes: 0 done, 1 the run failed, 2 the command or configuration is wrong,",
      "3 interrupted and resumable.",
      "",
      "Example:",
      "  headwater ingest --input book.txt --output corpus"
    })
public final class CommandLineInterface implements Runnable {
  @CommandLine.Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Spec private CommandSpec spec;

  private static final Logger LOG = LoggerFactory.getLogger(CommandLineInterface.class);

  private CommandLineInterface() {}

  /**
   * Runs one command.
   *
   * @param results where results go
   * @return the exit code
   */
  public static int run(PrintStream results, String... arguments) {
    CommandLine line = new CommandLine(new CommandLineInterface());
    line.setOut(new PrintWriter(results, true, StandardCharsets.UTF_8)); // whatever the locale
    line.setErr(new PrintWriter(System.err, true));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpWidth(100);
    line.setParameterExceptionHandler(CommandLineInterface::wrongUse);
    line.setExecutionExceptionHandler(CommandLineInterface::failed);
    line.setExecutionStrategy(CommandLineInterface::execute);
    return line.execute(arguments);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command given");
  }

  private static int execute(ParseResult arguments) {
    List<CommandLine> given = arguments.asCommandLineList();
    OutputOptions.applyLogFormat(given.get(given.size() - 1));
    return new CommandLine.RunLast().execute(arguments);
  }

  private static int wrongUse(ParameterException e, String[] arguments) {
    CommandLine line = e.getCommandLine();
    String command = line.getCommandSpec().qualifiedName();
    String message = firstLine(e);
    StringWriter suggestions = new StringWriter();
    String hint =
        UnmatchedArgumentException.printSuggestions(e, new PrintWriter(suggestions, true))
            ? suggestions.toString().strip().replaceAll("\\s+", " ")
            : "see " + command + " --help";
    line.getErr().println("Cannot run " + command + ": " + message + " (" + hint + ")");
    return ExitCode.WRONG_USE;
  }

  private static int failed(Exception e, CommandLine line, ParseResult arguments) {
    if (OutputOptions.debug(line)) {
      e.printStackTrace(line.getErr());
    }
    if (isJson()) {
      LOG.error(firstLine(e));
    } else {
      line.getErr().println(firstLine(e));
    }
    return e instanceof UserException ? ExitCode.WRONG_USE : ExitCode.FAILED;
  }

  private static boolean isJson() {
    try {
      return LogFormat.current() == LogFormat.JSON;
    } catch (UserException e) {
      return false; // the environment names another; this is what is being said
    }
  }

  private static String firstLine(Throwable e) {
    String message = e.getMessage();
    if (message == null || message.isBlank()) {
      return "Cannot go on: " + e.getClass().getSimpleName() + " (--debug shows where)";
    }
    return message.lines().findFirst().orElseThrow();
  }
}
