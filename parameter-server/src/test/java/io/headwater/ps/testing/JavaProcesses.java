package io.headwater.ps.testing;

import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.security.RunSecurity;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Processes of this JVM's class path, killed at the end at the latest. */
public final class JavaProcesses implements AutoCloseable {
  private final Path logs;
  private final RunSecurity security;
  private final List<Process> processes = new ArrayList<>();

  /**
   * @param logs folder for what they print
   */
  public JavaProcesses(Path logs) {
    this(logs, RunSecurity.NONE);
  }

  /**
   * @param security of those that take part in a run
   */
  public JavaProcesses(Path logs, RunSecurity security) {
    this.logs = logs;
    this.security = security;
  }

  /**
   * Starts a replica.
   *
   * @param all endpoints of the run, its own among them
   */
  public Process startShard(ShardEndpoint place, List<ShardEndpoint> all) {
    List<String> arguments = new ArrayList<>();
    arguments.add(Integer.toString(place.shard()));
    arguments.add(Integer.toString(place.replica()));
    arguments.addAll(Places.arguments(all));
    return start(ShardProcess.class, List.of(), arguments);
  }

  public Process start(Class<?> main, List<String> properties, List<String> arguments) {
    return start(main, command(main, properties, arguments), true);
  }

  /** Starts one that speaks with this process; only what it says as an error goes to the log. */
  public Process converse(Class<?> main, List<String> prefix, List<String> arguments) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(command(main, List.of(), arguments));
    return start(main, command, false);
  }

  private List<String> command(Class<?> main, List<String> properties, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");
    command.add("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
    command.add("--add-modules=jdk.incubator.vector");
    command.add("-Xmx256m");
    properties.forEach(property -> command.add("-D" + property));
    ProcessSecurity.properties(security).forEach(property -> command.add("-D" + property));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(arguments);
    return command;
  }

  private Process start(Class<?> main, List<String> command, boolean isLogged) {
    File log = logs.resolve(main.getSimpleName() + "-" + processes.size() + ".log").toFile();
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(isLogged);
    try {
      Process process =
          (isLogged ? builder.redirectOutput(log) : builder.redirectError(log)).start();
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
