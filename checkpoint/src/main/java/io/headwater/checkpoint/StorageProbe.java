package io.headwater.checkpoint;

import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.VersionInfo;

/**
 * Tries what a checkpoint needs of a file system with a file of a few megabytes, which goes again:
 * make a folder, write, read back, rename, list, delete.
 *
 * @param clockAheadSeconds of the storage's clock before ours, by the file's modification time
 */
public record StorageProbe(
    double writtenBytesPerSecond, double readBytesPerSecond, double clockAheadSeconds) {
  private static final int BYTES = 4 << 20;

  /**
   * Tries a folder; one that is not there is made, and removed again.
   *
   * @param directory a path or Hadoop URI
   * @throws CheckpointException naming what failed
   */
  public static StorageProbe of(String directory) {
    Path folder = Storage.path(directory);
    Storage storage = Storage.of(folder);
    boolean fresh = !storage.exists(folder);
    String name = ".probe-" + UUID.randomUUID();
    try {
      storage.makeDirectory(folder);
      return tryOut(storage, new Path(folder, name + ".partial"), new Path(folder, name));
    } finally {
      if (fresh && storage.children(folder).isEmpty()) {
        storage.delete(folder);
      }
    }
  }

  /** Version of the Hadoop client that every access goes through. */
  public static String hadoopVersion() {
    return VersionInfo.getVersion();
  }

  private static StorageProbe tryOut(Storage storage, Path partial, Path whole) {
    byte[] content = new byte[BYTES];
    new Random(1).nextBytes(content);
    try {
      long begin = System.nanoTime();
      double clock = System.currentTimeMillis() * 1e-3;
      write(storage, partial, content);
      double written = (System.nanoTime() - begin) * 1e-9;
      double ahead = storage.modifiedMillis(partial) * 1e-3 - (clock + written);
      storage.rename(partial, whole);
      if (!storage.children(whole.getParent()).stream()
          .anyMatch(child -> child.getName().equals(whole.getName()))) {
        throw new CheckpointException("Cannot use " + whole + ": it is not in its folder's list");
      }
      begin = System.nanoTime();
      if (!Arrays.equals(storage.readAll(whole), content)) {
        throw new CheckpointException("Cannot use " + whole + ": it is not what was written");
      }
      double read = (System.nanoTime() - begin) * 1e-9;
      return new StorageProbe(BYTES / written, BYTES / read, ahead);
    } finally {
      storage.delete(partial);
      storage.delete(whole);
    }
  }

  private static void write(Storage storage, Path file, byte[] content) {
    Storage.call(
        "write",
        file,
        () -> {
          try (HashedOutput out = storage.create(file)) {
            out.write(content, 0, content.length);
          }
          return null;
        });
  }
}
