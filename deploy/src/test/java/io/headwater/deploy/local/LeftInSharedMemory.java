package io.headwater.deploy.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What lies in /dev/shm and belongs to nobody any more: it would stay there for ever. */
final class LeftInSharedMemory {
  private static final Path FOLDER = Path.of("/dev/shm");
  private static final String NOTE = "headwater-port-"; // says where the driver of a port is

  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(20);
  private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(200);

  private LeftInSharedMemory() {}

  /**
   * Names of Headwater's entries made since a moment that no process on this machine maps, however
   * long one looks: who makes an entry maps it soon, who lets go of it soon deletes it.
   */
  static List<String> since(Instant start) throws IOException {
    long end = System.nanoTime() + PATIENCE_NS;
    List<String> left = unmapped(start);
    while (!left.isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(PAUSE_NS);
      left.retainAll(unmapped(start));
    }
    return left;
  }

  private static List<String> unmapped(Instant start) throws IOException {
    List<Path> young = young(start);
    Set<String> mapped = mapped(); // after they were there
    List<String> unmapped = new ArrayList<>();
    for (Path entry : young) {
      if (!mapped.contains(mappedFor(entry))) {
        unmapped.add(entry.getFileName().toString());
      }
    }
    return unmapped;
  }

  private static List<Path> young(Instant start) throws IOException {
    try (Stream<Path> entries = Files.list(FOLDER)) {
      return entries
          .filter(entry -> entry.getFileName().toString().startsWith("headwater-"))
          .filter(entry -> isYounger(entry, start))
          .toList();
    }
  }

  /** What a process maps that owns the entry: of a file that names a directory, that directory. */
  private static String mappedFor(Path entry) {
    String name = entry.getFileName().toString();
    try {
      return name.startsWith(NOTE)
          ? Path.of(Files.readString(entry)).getFileName().toString()
          : name;
    } catch (IOException e) {
      return name; // gone meanwhile
    }
  }

  private static boolean isYounger(Path entry, Instant start) {
    try {
      return Files.getLastModifiedTime(entry).compareTo(FileTime.from(start)) > 0;
    } catch (IOException e) {
      return false; // gone meanwhile
    }
  }

  private static Set<String> mapped() throws IOException {
    Set<String> mapped = new HashSet<>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process : processes.toList()) {
        if (process.getFileName().toString().matches("\\d+")) {
          addMapped(process, mapped);
        }
      }
    }
    return mapped;
  }

  private static void addMapped(Path process, Set<String> mapped) {
    try (Stream<String> lines = Files.lines(process.resolve("maps"))) {
      lines
          .filter(line -> line.contains(FOLDER + "/"))
          .map(line -> line.substring(line.indexOf(FOLDER + "/") + FOLDER.toString().length() + 1))
          .forEach(path -> mapped.add(path.replaceAll("[/ ].*", "")));
    } catch (IOException | UncheckedIOException e) {
      return; // the process has ended
    }
  }
}
