package io.headwater.corpus.source;

import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Finds the files that inputs name. */
public final class SourceListing {
  private SourceListing() {}

  /**
   * The files below the inputs, each once, sorted by URI. In directories, names that begin with a
   * dot or an underscore are passed over, as Spark and Hadoop do.
   *
   * @param inputs files, directories and globs
   * @throws UserException when an input names nothing
   */
  public static List<SourceFile> list(List<String> inputs, Configuration configuration)
      throws IOException {
    Map<String, Long> bytesByUri = new TreeMap<>();
    for (String input : inputs) {
      Path path = path(input);
      FileSystem files = fileSystem(path, configuration);
      for (FileStatus status : matches(files, path, input)) {
        collect(files, status, bytesByUri);
      }
    }
    List<SourceFile> sources = new ArrayList<>(bytesByUri.size());
    bytesByUri.forEach((uri, bytes) -> sources.add(new SourceFile(sources.size(), uri, bytes)));
    return sources;
  }

  private static Path path(String input) {
    try {
      return new Path(input);
    } catch (IllegalArgumentException e) {
      throw new UserException("Cannot read " + input + ": it is no path (" + e.getMessage() + ")");
    }
  }

  private static FileSystem fileSystem(Path path, Configuration configuration) throws IOException {
    try {
      return path.getFileSystem(configuration);
    } catch (org.apache.hadoop.fs.UnsupportedFileSystemException e) {
      throw new UserException("Cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  private static FileStatus[] matches(FileSystem files, Path path, String input)
      throws IOException {
    if (files.exists(path)) {
      return new FileStatus[] {files.getFileStatus(path)};
    }
    FileStatus[] matches = files.globStatus(path);
    if (matches == null || matches.length == 0) {
      throw new UserException("Cannot read " + input + ": no such file, directory or match");
    }
    return matches;
  }

  private static void collect(FileSystem files, FileStatus status, Map<String, Long> bytesByUri)
      throws IOException {
    if (!status.isDirectory()) {
      bytesByUri.put(status.getPath().toString(), status.getLen());
      return;
    }
    for (FileStatus child : files.listStatus(status.getPath())) {
      String name = child.getPath().getName();
      if (!name.startsWith(".") && !name.startsWith("_")) {
        collect(files, child, bytesByUri);
      }
    }
  }
}
