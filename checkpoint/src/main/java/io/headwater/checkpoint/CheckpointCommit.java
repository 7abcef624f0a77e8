package io.headwater.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * Makes one checkpoint of the parts that all parameter shards wrote; the driver's part of the work.
 *
 * <p>The parts' weights become one {@code model.safetensors}, whose bytes depend on layout and
 * weights alone. Stopped at any point, the newest checkpoint is the previous one; on return it is
 * the new one.
 */
public final class CheckpointCommit {
  private static final long NONE = -1;

  private final String outputDirectory;
  private final TensorLayout layout;
  private final int shards;

  public CheckpointCommit(String outputDirectory, TensorLayout layout, int shards) {
    this.outputDirectory = outputDirectory;
    this.layout = layout;
    this.shards = shards;
  }

  /**
   * Joins the parts of a step, which must all be written.
   *
   * @return the folder of the new checkpoint
   * @throws CheckpointException if a part is missing or damaged, or storage fails
   */
  public String commit(long step, CheckpointDescription description) {
    Path folder = Checkpoint.stepFolder(Storage.path(outputDirectory), step);
    Storage storage = Storage.of(folder);
    StagedFolder staged = new StagedFolder(folder);
    List<KeyRangePart> parts = parts(storage, folder, staged);
    List<FileEntry> files = new ArrayList<>();
    try (HashedOutput out = staged.create(Weights.FILE)) {
      out.write(StagedFolder.modelHeader(layout).toBytes());
      for (KeyRangePart part : parts) {
        append(storage, staged, part.weights(), out);
      }
      files.add(out.entry(Weights.FILE));
    }
    parts.forEach(part -> part.optimizer().ifPresent(files::add));
    staged.commit(step, files, description);
    return folder.toString();
  }

  /** Removes what interrupted commits left; to be called before a run starts or goes on. */
  public static void discardUnfinished(String outputDirectory) {
    Path output = Storage.path(outputDirectory);
    Storage storage = Storage.of(output);
    storage.children(output).stream()
        .filter(child -> StagedFolder.isLeftOver(child.getName()))
        .forEach(storage::delete);
  }

  /** Deletes all checkpoints of a run but the {@code count} of the highest steps. */
  public static void keepNewest(String outputDirectory, int count) {
    keepNewest(outputDirectory, count, NONE);
  }

  /** The same, but the checkpoint of one more step stays, however old it is. */
  public static void keepNewest(String outputDirectory, int count, long sparedStep) {
    if (count < 1) {
      throw new IllegalArgumentException("Cannot keep " + count + " checkpoints (must be >= 1)");
    }
    String spared =
        sparedStep == NONE
            ? ""
            : Storage.path(Checkpoint.directory(outputDirectory, sparedStep)).getName();
    Checkpoint.stepFolders(outputDirectory).stream()
        .skip(count)
        .filter(folder -> !folder.getName().equals(spared))
        .forEach(
            folder -> {
              Storage storage = Storage.of(folder);
              // The manifest first: a folder deleted half-way must not look like a checkpoint.
              storage.delete(new Path(folder, Manifest.FILE));
              storage.delete(folder);
            });
  }

  private List<KeyRangePart> parts(Storage storage, Path folder, StagedFolder staged) {
    List<KeyRangePart> parts = new ArrayList<>();
    long next = 0;
    for (int shard = 0; shard < shards; shard++) {
      Path file = staged.path(KeyRangePart.path(shard, shards));
      if (storage.size(file) < 0) {
        throw new CheckpointException(
            "Cannot commit "
                + folder
                + ": shard "
                + shard
                + " of "
                + shards
                + " has not written its part");
      }
      KeyRangePart part = KeyRangePart.read(storage, file);
      if (part.from() != next) {
        throw new CheckpointException(
            "Cannot commit " + file + ": it begins at element " + part.from() + ", not at " + next);
      }
      next = part.to();
      parts.add(part);
    }
    if (next != layout.elements()) {
      throw new CheckpointException(
          "Cannot commit "
              + folder
              + ": the parts hold "
              + next
              + " elements, the model "
              + layout.elements());
    }
    return parts;
  }

  private static void append(
      Storage storage, StagedFolder staged, FileEntry part, HashedOutput out) {
    Path file = staged.path(part.path());
    MessageDigest digest = Sha256.digest();
    try (InputStream in = storage.open(file)) {
      byte[] block = new byte[1 << 18];
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        digest.update(block, 0, count);
        out.write(block, 0, count);
      }
    } catch (IOException e) {
      throw new CheckpointException("Cannot read " + file + ": " + e.getMessage(), e);
    }
    if (!Sha256.hex(digest).equals(part.sha256())) {
      throw new CheckpointException(
          "Cannot commit " + file + ": it is not what the shard wrote (SHA-256 differs)");
    }
  }
}
