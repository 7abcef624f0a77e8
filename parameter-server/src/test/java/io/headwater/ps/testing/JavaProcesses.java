package io.headwater.ps.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Processes of this JVM's class path, killed at the end at the latest. */
public final class JavaProcesses implements AutoCloseable {
  private final Path logs;
  private final List<Process> processes = new ArrayList<>();

  /**
   * @param logs folder for what they print
   */
  public JavaProcesses(Path logs) {
    this.logs = logs;
  }

  public Process start(Class<?> main, List<String> properties, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");
    command.add("--add-modules=jdk.incubator.vector");
    command.add("-Xmx256m");
    properties.forEach(property -> command.add("-D" + property));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(arguments);
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(
                  logs.resolve(main.getSimpleName() + "-" + processes.size() + ".log").toFile())
              .start();
      processes.add(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a signal by its name, STOP for example. */
  public static void signal(String name, Process process) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
