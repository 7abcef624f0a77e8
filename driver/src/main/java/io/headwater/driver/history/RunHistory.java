package io.headwater.driver.history;

import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds runs by their folders. */
public final class RunHistory {
  private static final Logger LOG = LoggerFactory.getLogger(RunHistory.class);
  private static final int MAX_DEPTH = 6;

  private RunHistory() {}

  /**
   * All runs in and under a folder, the newest first. A record that is damaged is passed over with
   * a warning.
   *
   * @throws UserException if there is no such folder
   */
  public static List<PastRun> under(Path root) {
    if (!Files.isDirectory(root)) {
      throw new UserException("Cannot list the runs of " + root + ": there is no such folder");
    }
    List<PastRun> runs = new ArrayList<>();
    try {
      Files.walkFileTree(
          root, EnumSet.noneOf(FileVisitOption.class), MAX_DEPTH, new Visitor(root, runs));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list the runs of " + root, e);
    }
    runs.sort(Comparator.comparing(PastRun::started).reversed());
    return runs;
  }

  private static final class Visitor extends SimpleFileVisitor<Path> {
    private final Path root;
    private final List<PastRun> runs;

    private Visitor(Path root, List<PastRun> runs) {
      this.root = root;
      this.runs = runs;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      String name = String.valueOf(folder.getFileName());
      if (!folder.equals(root) && (name.startsWith("step-") || name.startsWith("."))) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      if (PastRun.isIn(folder)) {
        try {
          runs.add(PastRun.read(folder));
        } catch (UserException e) {
          LOG.warn("{}", e.getMessage());
        }
      }
      return FileVisitResult.CONTINUE;
    }

    /** What may not be read holds no run of ours. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE;
    }
  }
}
