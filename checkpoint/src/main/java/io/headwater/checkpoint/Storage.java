package io.headwater.checkpoint;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FsStatus;
import org.apache.hadoop.fs.Path;

/**
 * The file system that holds one path: a local disk, HDFS, S3.
 *
 * <p>Local files are written without Hadoop's {@code .crc} companions, since a checkpoint is a
 * plain Hugging Face folder. Every I/O fault becomes a {@link CheckpointException} naming the path.
 */
public final class Storage {
  private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/.*");
  private static final Configuration CONFIGURATION = new Configuration();

  private final FileSystem fileSystem;
  private final boolean local;

  private Storage(FileSystem fileSystem, boolean local) {
    this.fileSystem = fileSystem;
    this.local = local;
  }

  /**
   * Opens a file at any location that a checkpoint may have: a Hadoop URI or a local path.
   *
   * @throws UserException if there is no such file
   */
  public static InputStream read(String location) {
    Path file = path(location);
    Storage storage = of(file);
    if (storage.size(file) < 0) {
      throw new UserException("Cannot read " + file + ": there is no such file");
    }
    return storage.open(file);
  }

  /** Whether there is a file at any location, as {@link #read} takes them. */
  public static boolean isFile(String location) {
    Path file = path(location);
    return of(file).size(file) >= 0;
  }

  /** Creates or overwrites a file at any location, as {@link #read} takes them, with its folder. */
  public static OutputStream write(String location) {
    Path file = path(location);
    Storage storage = of(file);
    return call("create", file, () -> storage.fileSystem.create(file, true));
  }

  /** Deletes a file or a whole folder at any location, if it is there. */
  public static void delete(String location) {
    Path path = path(location);
    of(path).delete(path);
  }

  static StorageRoom room(Path folder) {
    Storage storage = of(folder);
    return call(
        "measure",
        folder,
        () -> {
          FsStatus status = storage.fileSystem.getStatus(folder);
          return new StorageRoom(
              storage.fileSystem.getContentSummary(folder).getLength(),
              status.getRemaining(),
              status.getCapacity());
        });
  }

  /** A Hadoop path; what has no scheme is a path of the local disk. */
  static Path path(String location) {
    if (location.isBlank()) {
      throw new UserException("Cannot use path '': it is empty (a path or a Hadoop URI is needed)");
    }
    // Not by toUri(), which adds a slash to a folder that exists: its name would be empty then.
    return URI.matcher(location).matches()
        ? new Path(location)
        : new Path(
            "file", null, new File(location).getAbsoluteFile().toPath().normalize().toString());
  }

  static Storage of(Path path) {
    boolean local = "file".equals(path.toUri().getScheme());
    return call(
        "reach",
        path,
        () -> {
          return new Storage(
              local
                  ? FileSystem.getLocal(CONFIGURATION).getRawFileSystem()
                  : path.getFileSystem(CONFIGURATION),
              local);
        });
  }

  boolean isDirectory(Path path) {
    return call(
        "look at",
        path,
        () -> {
          try {
            return fileSystem.getFileStatus(path).isDirectory();
          } catch (FileNotFoundException e) {
            return false;
          }
        });
  }

  boolean exists(Path path) {
    return call("look at", path, () -> fileSystem.exists(path));
  }

  /** Length in bytes; -1 if there is no such file. */
  long size(Path path) {
    return call(
        "look at",
        path,
        () -> {
          try {
            FileStatus status = fileSystem.getFileStatus(path);
            return status.isFile() ? status.getLen() : -1;
          } catch (FileNotFoundException e) {
            return -1L;
          }
        });
  }

  /** When the file was last written, by the storage's clock. */
  long modifiedMillis(Path file) {
    return call("look at", file, () -> fileSystem.getFileStatus(file).getModificationTime());
  }

  /** Children of a folder, sorted by name; none if it does not exist. */
  List<Path> children(Path directory) {
    return call(
        "list",
        directory,
        () -> {
          try {
            return Arrays.stream(fileSystem.listStatus(directory))
                .map(FileStatus::getPath)
                .sorted(Comparator.comparing(Path::getName))
                .toList();
          } catch (FileNotFoundException e) {
            return List.of();
          }
        });
  }

  /** All files under a folder. Not by listFiles, which runs a shell per local file. */
  List<Path> files(Path directory) {
    return children(directory).stream()
        .flatMap(child -> isDirectory(child) ? files(child).stream() : Stream.of(child))
        .toList();
  }

  FSDataInputStream open(Path file) {
    return call("open", file, () -> fileSystem.open(file));
  }

  byte[] readAll(Path file) {
    return call(
        "read",
        file,
        () -> {
          try (InputStream in = fileSystem.open(file)) {
            return in.readAllBytes();
          }
        });
  }

  /** Creates or overwrites a file; its folder is made when missing. */
  HashedOutput create(Path file) {
    return call("create", file, () -> new HashedOutput(file, fileSystem.create(file, true)));
  }

  void makeDirectory(Path directory) {
    call("create", directory, () -> fileSystem.mkdirs(directory));
  }

  /** Deletes a file or a whole folder, if it is there. */
  void delete(Path path) {
    call("delete", path, () -> fileSystem.delete(path, true));
  }

  void rename(Path from, Path to) {
    if (!call("rename", from, () -> fileSystem.rename(from, to))) {
      throw new CheckpointException(
          "Cannot rename " + from + " to " + to + ": the file system refused");
    }
  }

  /** Makes names of a folder durable; a local disk needs it, the others do so by themselves. */
  void syncDirectory(Path directory) {
    if (local) {
      call(
          "sync",
          directory,
          () -> {
            java.nio.file.Path folder = java.nio.file.Path.of(directory.toUri().getPath());
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
              channel.force(true);
            }
            return null;
          });
    }
  }

  /** Runs one I/O action and names the path where it fails. */
  static <T> T call(String verb, Path path, Action<T> action) {
    try {
      return action.run();
    } catch (IOException | UncheckedIOException e) {
      throw new CheckpointException("Cannot " + verb + " " + path + ": " + e.getMessage(), e);
    } catch (FSError e) { // how Hadoop's local file system says that the disk is full
      String reason = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
      throw new CheckpointException("Cannot " + verb + " " + path + ": " + reason, e);
    }
  }

  /** I/O that gives a value. */
  @FunctionalInterface
  interface Action<T> {
    T run() throws IOException;
  }
}
