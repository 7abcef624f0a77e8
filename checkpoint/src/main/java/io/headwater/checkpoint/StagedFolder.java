package io.headwater.checkpoint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;

/**
 * A checkpoint under construction: {@code .<name>.partial} beside its final place.
 *
 * <p>Stopped at any point, it leaves either no folder at the final place or a whole one: files are
 * synced, the manifest is written last, and one rename publishes all.
 */
final class StagedFolder {
  private static final String PARTIAL = ".partial";
  private static final String REPLACED = ".replaced";

  private final Path target;
  private final Path staging;
  private final Path replaced;
  private final Storage storage;

  StagedFolder(Path target) {
    if (target.getParent() == null) {
      throw new UserException(
          "Cannot write checkpoint " + target + ": it is the root of its file system");
    }
    this.target = target;
    this.staging = new Path(target.getParent(), "." + target.getName() + PARTIAL);
    this.replaced = new Path(target.getParent(), "." + target.getName() + REPLACED);
    this.storage = Storage.of(target);
  }

  /** Whether a name is that of a folder which an unfinished commit left behind. */
  static boolean isLeftOver(String name) {
    return name.startsWith(".step-") && (name.endsWith(PARTIAL) || name.endsWith(REPLACED));
  }

  static SafetensorsHeader modelHeader(TensorLayout layout) {
    return SafetensorsHeader.of(layout, Map.of("format", "pt"));
  }

  /** Checks the final place and removes what an earlier attempt left. */
  void clear() {
    requireReplaceable();
    storage.delete(staging);
  }

  Path path(String relative) {
    return new Path(staging, relative);
  }

  HashedOutput create(String relative) {
    return storage.create(path(relative));
  }

  /** Adds the JSON files and the manifest to what was written, drops the rest, and publishes. */
  void commit(long step, List<FileEntry> written, CheckpointDescription description) {
    requireReplaceable();
    List<FileEntry> files = new ArrayList<>(written);
    files.add(write(Checkpoint.CONFIG, Json.pretty(description.config())));
    description.tokenizer().ifPresent(bytes -> files.add(write(Checkpoint.TOKENIZER, bytes)));
    description
        .trainingState()
        .ifPresent(state -> files.add(write(Checkpoint.TRAINING_STATE, Json.pretty(state))));
    files.sort(Comparator.comparing(FileEntry::path));
    dropUnlisted(files);
    write(Manifest.FILE, new Manifest(step, files).toBytes());
    storage.syncDirectory(staging);
    if (storage.isDirectory(path(OptimizerState.FOLDER))) {
      storage.syncDirectory(path(OptimizerState.FOLDER));
    }
    publish();
  }

  private FileEntry write(String relative, byte[] content) {
    try (HashedOutput out = create(relative)) {
      out.write(content);
      return out.entry(relative);
    }
  }

  /** Parts already joined, and files of an attempt with another number of shards. */
  private void dropUnlisted(List<FileEntry> files) {
    Set<String> listed = new HashSet<>();
    files.forEach(file -> listed.add(path(file.path()).toUri().getPath()));
    for (Path file : storage.files(staging)) {
      if (!listed.contains(file.toUri().getPath())) {
        storage.delete(file);
      }
    }
    storage.delete(path(KeyRangePart.FOLDER));
  }

  /** Puts the finished folder in its place, that of an older one if there is one. */
  void publish() {
    storage.delete(replaced);
    boolean occupied = storage.exists(target);
    if (occupied) {
      storage.rename(target, replaced);
    }
    storage.rename(staging, target);
    storage.syncDirectory(target.getParent());
    if (occupied) {
      storage.delete(replaced);
    }
  }

  /** Only an empty folder may be replaced: what has no manifest may be anything. */
  void requireUnoccupied() {
    boolean empty = storage.isDirectory(target) && storage.children(target).isEmpty();
    if (storage.exists(target) && !empty) {
      throw new UserException(
          "Cannot write " + target + ": something is there (an empty or new folder is needed)");
    }
  }

  /** Only a checkpoint or an empty folder may be replaced. */
  void requireReplaceable() {
    if (storage.exists(target)) {
      boolean empty = storage.isDirectory(target) && storage.children(target).isEmpty();
      boolean ours = Checkpoint.isStepFolder(target.getName());
      if (!empty && !ours && storage.size(new Path(target, Manifest.FILE)) < 0) {
        throw new UserException(
            "Cannot write checkpoint "
                + target
                + ": something else is there (an empty or new folder is needed)");
      }
    }
  }
}
