package io.headwater.corpus;

import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The hidden folder beside the output where an ingest works; renamed to the output when all is
 * well, deleted otherwise, also when the process is told to stop.
 */
final class Staging implements AutoCloseable, Serializable {
  private final SerializableConfiguration configuration;
  private final String output;
  private final String folder;
  private transient Thread hook;

  private Staging(Configuration configuration, Path output, Path folder) {
    this.configuration = new SerializableConfiguration(configuration);
    this.output = output.toString();
    this.folder = folder.toString();
  }

  /**
   * Makes the folder.
   *
   * @throws UserException when the output exists and is not an empty folder
   */
  static Staging create(String output, Configuration configuration) throws IOException {
    Path given = new Path(output);
    FileSystem files = raw(given.getFileSystem(configuration));
    Path target = files.makeQualified(given);
    if (files.exists(target)) {
      boolean isFolder = files.getFileStatus(target).isDirectory();
      if (!isFolder || files.listStatus(target).length > 0) {
        throw new UserException(
            "Cannot write corpus "
                + output
                + ": it exists and is "
                + (isFolder ? "not empty" : "a file")
                + "; name a folder that is absent or empty");
      }
    }
    String name = "." + target.getName() + ".partial-" + UUID.randomUUID();
    Path folder = new Path(target.getParent(), name);
    try {
      files.mkdirs(folder);
    } catch (IOException e) {
      throw new UserException("Cannot write corpus " + output + ": " + e.getMessage(), e);
    }
    Staging staging = new Staging(configuration, target, folder);
    staging.hook = new Thread(staging::delete, "headwater-ingest-cleanup");
    Runtime.getRuntime().addShutdownHook(staging.hook);
    return staging;
  }

  /** Without the checksum files that Hadoop puts beside local ones: the manifest has its own. */
  private static FileSystem raw(FileSystem files) {
    return files instanceof LocalFileSystem local ? local.getRaw() : files;
  }

  FileSystem files() throws IOException {
    return raw(folder().getFileSystem(configuration.value()));
  }

  Path folder() {
    return new Path(folder);
  }

  /** Drops what was passing and makes the folder the output. */
  void commit() throws IOException {
    FileSystem files = files();
    for (var status : files.listStatus(folder())) {
      if (status.getPath().getName().startsWith(".")) {
        files.delete(status.getPath(), false);
      }
    }
    Path target = new Path(output);
    if (files.exists(target)) {
      files.delete(target, false); // empty: a rename would land inside it
    }
    if (!files.rename(folder(), target)) {
      throw new IOException("Cannot rename " + folder + " to " + output);
    }
  }

  private void delete() {
    try {
      files().delete(folder(), true);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Deletes the folder, unless it was committed. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // the process is stopping: the hook deletes it
    }
    delete();
  }
}
