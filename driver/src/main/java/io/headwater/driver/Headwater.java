package io.headwater.driver;

import io.headwater.checkpoint.Storage;
import io.headwater.driver.cli.CommandLineInterface;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The program: {@code headwater <command> ...}, also what spark-submit runs. */
public final class Headwater {
  /**
   * System property: a file on shared storage for the exit code, for masters that do not hand it on
   * to who submitted the run.
   */
  private static final String EXIT_CODE_FILE = "headwater.exit-code-file";

  private static final int FAILED = 1;

  private Headwater() {}

  public static void main(String[] arguments) {
    PrintStream results = System.out;
    // Results alone go to standard output, whatever a library prints.
    System.setOut(System.err);
    int exitCode = FAILED;
    try {
      exitCode = CommandLineInterface.run(results, arguments);
      results.flush();
    } catch (Throwable e) {
      e.printStackTrace();
    }
    exitCode = told(exitCode);
    // Threads of Aeron and Spark may be left where an error cut their owners short.
    System.exit(exitCode);
  }

  /** The code, once it is written where it is waited for. */
  private static int told(int exitCode) {
    String file = System.getProperty(EXIT_CODE_FILE);
    if (file == null) {
      return exitCode;
    }
    try (OutputStream out = Storage.write(file)) {
      out.write((exitCode + "\n").getBytes(StandardCharsets.US_ASCII));
      return exitCode;
    } catch (IOException | RuntimeException e) {
      System.err.println("Cannot write the exit code " + exitCode + " to " + file + ": " + e);
      return FAILED;
    }
  }
}
