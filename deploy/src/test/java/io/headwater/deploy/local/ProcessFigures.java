package io.headwater.deploy.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a process, or several, hold of the machine, as Linux tells it.
 *
 * @param threads of them all
 * @param files open ones
 * @param residentBytes memory, shared pages counted by each who has them
 */
record ProcessFigures(long threads, long files, long residentBytes) {
  private static final Path PROCESSES = Path.of("/proc");
  private static final int SESSION = 3; // of /proc/PID/stat, after the name and the state

  ProcessFigures plus(ProcessFigures other) {
    return new ProcessFigures(
        threads + other.threads, files + other.files, residentBytes + other.residentBytes);
  }

  /** Of the processes of some sessions, by process; one that ends meanwhile is left out. */
  static Map<Long, ProcessFigures> ofSessions(List<Long> sessions) throws IOException {
    Map<Long, ProcessFigures> figures = new TreeMap<>();
    for (long process : processes()) {
      Optional<Long> session = session(process);
      if (session.isPresent() && sessions.contains(session.get())) {
        of(process).ifPresent(found -> figures.put(process, found));
      }
    }
    return figures;
  }

  /** Empty if there is no such process, or it has ended. */
  static Optional<ProcessFigures> of(long process) {
    Path folder = PROCESSES.resolve(Long.toString(process));
    try (Stream<Path> files = Files.list(folder.resolve("fd"))) {
      long open = files.count();
      List<String> status = Files.readAllLines(folder.resolve("status"));
      return Optional.of(
          new ProcessFigures(number(status, "Threads:"), open, 1024 * number(status, "VmRSS:")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Its command line; empty if there is no such process. */
  static String command(long process) {
    try {
      return Files.readString(PROCESSES.resolve(process + "/cmdline")).replace('\0', ' ');
    } catch (IOException e) {
      return "";
    }
  }

  private static List<Long> processes() throws IOException {
    List<Long> processes = new ArrayList<>();
    try (Stream<Path> entries = Files.list(PROCESSES)) {
      entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.matches("\\d+"))
          .forEach(name -> processes.add(Long.parseLong(name)));
    }
    return processes;
  }

  private static Optional<Long> session(long process) {
    try {
      String stat = Files.readString(PROCESSES.resolve(process + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return Optional.of(Long.parseLong(fields[SESSION]));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static long number(List<String> status, String key) {
    return status.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.replaceAll("\\D", ""))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(0); // a process that is ending has no memory any more
  }
}
