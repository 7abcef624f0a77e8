package io.headwater.driver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the program as processes of their own, with this JVM's class path and flags. */
final class Launcher {
  private static final long LIMIT_SECONDS = 180;

  private final Path folder;
  private final List<String> flags;

  /** {@code folder} is where the processes run and their output lies. */
  Launcher(Path folder, String... moreFlags) {
    this.folder = folder;
    this.flags = List.of(moreFlags);
  }

  /** A process, running or ended. */
  record Running(Process process, Path out, Path err) {
    /** Returns once the file is there; an assertion fails if the process ends before. */
    void awaitFile(Path file) throws IOException, InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
      while (!Files.exists(file)) {
        if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
          process.destroyForcibly();
          throw new AssertionError("no " + file + ": " + Files.readString(err));
        }
      }
    }

    /** Returns once the file has that many lines; an assertion fails if the process ends before. */
    void awaitLine(Path file, int lines) throws IOException, InterruptedException {
      awaitFile(file);
      while (Files.readAllLines(file).size() < lines) {
        if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
          throw new AssertionError("no line " + lines + ": " + Files.readString(err));
        }
      }
    }

    Result await() throws IOException, InterruptedException {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("did not end: " + Files.readString(err));
      }
      return new Result(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
    }
  }

  record Result(int exitCode, List<String> out, List<String> err) {
    /** The virtual machine's own remark, which the launcher script leaves out. */
    private static final String REMARK = "WARNING: Using incubator modules";

    Result {
      err = err.stream().filter(line -> !line.startsWith(REMARK)).toList();
    }

    JsonNode json() throws IOException {
      return new ObjectMapper().readTree(out.get(out.size() - 1));
    }
  }

  Result run(String... arguments) throws IOException, InterruptedException {
    return start(arguments).await();
  }

  Running start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(System.getProperty("headwater.jvm.flags").split(" ")));
    command.addAll(flags);
    command.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path")));
    command.add(Headwater.class.getName());
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(folder, "process", ".out");
    Path err = Files.createTempFile(folder, "process", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .redirectInput(new File("/dev/null"));
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
    return new Running(builder.start(), out, err);
  }
}
