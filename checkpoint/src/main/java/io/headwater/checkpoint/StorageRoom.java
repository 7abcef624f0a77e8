package io.headwater.checkpoint;

/**
 * What a folder takes up of its storage, and what is left there.
 *
 * @param bytes of the folder's files
 * @param freeBytes of its file system; an object store's is as good as endless
 * @param totalBytes of its file system
 */
public record StorageRoom(long bytes, long freeBytes, long totalBytes) {
  /**
   * As it is now.
   *
   * @throws CheckpointException if the storage does not tell
   */
  public static StorageRoom of(String location) {
    return Storage.room(Storage.path(location));
  }
}
