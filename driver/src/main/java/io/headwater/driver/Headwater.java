package io.headwater.driver;

import io.headwater.driver.cli.CommandLineInterface;
import java.io.PrintStream;

/** The program: {@code headwater <command> ...}, also what spark-submit runs. */
public final class Headwater {
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
    // Threads of Aeron and Spark may be left where an error cut their owners short.
    System.exit(exitCode);
  }
}
