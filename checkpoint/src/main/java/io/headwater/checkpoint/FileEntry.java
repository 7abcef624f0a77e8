package io.headwater.checkpoint;

/**
 * One file of a checkpoint, as the manifest lists it.
 *
 * @param path relative to the checkpoint, with {@code /}
 * @param bytes its length
 * @param sha256 64 lower-case hexadecimal digits
 */
record FileEntry(String path, long bytes, String sha256) {
  FileEntry {
    if (path.isEmpty() || path.startsWith("/") || path.contains("..") || path.contains(":")) {
      throw new IllegalArgumentException("path '" + path + "' leaves the checkpoint");
    }
    if (bytes < 0) {
      throw new IllegalArgumentException(path + " has " + bytes + " bytes");
    }
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(path + " has '" + sha256 + "' for a SHA-256");
    }
  }
}
