package io.headwater.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A checkpoint open for reading: a folder that Hugging Face tools open as it stands, whose every
 * byte was checked against its manifest when it was opened.
 *
 * <p>Locations are Hadoop URIs; what has no scheme is a path of the local disk. Vectors are read
 * range by range with bounded memory, whatever number of parameter shards wrote them. Not
 * thread-safe.
 */
public final class Checkpoint implements AutoCloseable {
  static final String CONFIG = "config.json";
  static final String TOKENIZER = "tokenizer.json";
  static final String TRAINING_STATE = OptimizerState.FOLDER + "/state.json";
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);
  private static final Pattern STEP_FOLDER = Pattern.compile("step-\\d{8,18}");

  private final Path directory;
  private final Manifest manifest;
  private final JsonNode config;
  private final Weights weights;
  private final OptimizerState optimizerState;

  private Checkpoint(
      Path directory,
      Manifest manifest,
      JsonNode config,
      Weights weights,
      OptimizerState optimizerState) {
    this.directory = directory;
    this.manifest = manifest;
    this.config = config;
    this.weights = weights;
    this.optimizerState = optimizerState;
  }

  /**
   * The valid checkpoint of the highest step among {@code step-NNNNNNNN} folders; an invalid one is
   * skipped with a warning that says why.
   */
  public static Optional<Checkpoint> newest(String outputDirectory) {
    for (Path folder : stepFolders(outputDirectory)) {
      try {
        return Optional.of(open(folder));
      } catch (UserException e) {
        LOG.warn("Skipped {}: {}", folder, e.getMessage());
      }
    }
    return Optional.empty();
  }

  /**
   * Opens a checkpoint and verifies length and SHA-256 of each of its files.
   *
   * @throws UserException naming the folder or the file that is not what the manifest says
   */
  public static Checkpoint open(String directory) {
    return open(Storage.path(directory));
  }

  /**
   * Writes a whole model from one process, atomically: the folder is there as a valid checkpoint or
   * not at all. An existing checkpoint at that place is replaced; any other folder that is not
   * empty is refused.
   *
   * @param directory the checkpoint's own folder; see {@link #directory(String, long)}
   * @param weights one element for each of the layout
   */
  public static void write(
      String directory,
      long step,
      TensorLayout layout,
      FlatVector weights,
      CheckpointDescription description) {
    if (weights.elements() != layout.elements()) {
      throw new IllegalArgumentException(
          "Cannot write checkpoint "
              + directory
              + ": "
              + weights.elements()
              + " weights for a layout of "
              + layout.elements());
    }
    Path folder = Storage.path(directory);
    StagedFolder staged = new StagedFolder(folder);
    staged.clear();
    FileEntry model;
    try (HashedOutput out = staged.create(Weights.FILE)) {
      out.write(StagedFolder.modelHeader(layout).toBytes());
      out.write(weights::read, 0, layout.elements());
      model = out.entry(Weights.FILE);
    }
    staged.commit(step, List.of(model), description);
  }

  /**
   * Checks, before any work is put into it, that a checkpoint may be written at a place.
   *
   * @throws UserException if something other than a checkpoint is there
   */
  public static void requireWritable(String directory) {
    new StagedFolder(Storage.path(directory)).requireReplaceable();
  }

  /** Folder of the checkpoint of one step of a run: {@code <output>/step-NNNNNNNN}. */
  public static String directory(String outputDirectory, long step) {
    return stepFolder(Storage.path(outputDirectory), step).toString();
  }

  /** The optimizer step after which the weights were taken; 0 is the initial model. */
  public long step() {
    return manifest.step();
  }

  public String directory() {
    return directory.toString();
  }

  /** {@code config.json}. */
  public JsonNode config() {
    return config;
  }

  /** {@code training/state.json}; absent in a fine-tuned model. */
  public Optional<JsonNode> trainingState() {
    return content(TRAINING_STATE)
        .map(bytes -> Json.parse(bytes, new Path(directory, TRAINING_STATE)));
  }

  /** The bytes of {@code tokenizer.json}. */
  public Optional<byte[]> tokenizer() {
    return content(TOKENIZER);
  }

  public TensorLayout layout() {
    return weights.layout();
  }

  /** Copies {@code count} weights of the flat vector from element {@code from} on. */
  public void readWeights(long from, float[] into, int offset, int count) {
    weights.read(from, into, offset, count);
  }

  /** Copies all weights. */
  public void readWeights(FlatVector all) {
    if (all.elements() != layout().elements()) {
      throw new IllegalArgumentException(
          "Cannot read the weights of "
              + directory
              + ": a vector of "
              + all.elements()
              + " elements for "
              + layout().elements());
    }
    float[] block = new float[HashedOutput.BLOCK];
    for (long from = 0; from < all.elements(); from += block.length) {
      int count = (int) Math.min(block.length, all.elements() - from);
      weights.read(from, block, 0, count);
      all.write(from, block, 0, count);
    }
  }

  public boolean hasOptimizerState() {
    return !optimizerState.isEmpty();
  }

  /**
   * Copies part of one of the optimizer's vectors.
   *
   * @param name {@code exp_avg} or {@code exp_avg_sq}
   * @throws UserException if the checkpoint has no such vector
   */
  public void readOptimizerState(String name, long from, float[] into, int offset, int count) {
    optimizerState.read(name, from, into, offset, count);
  }

  @Override
  public void close() {
    weights.close();
    optimizerState.close();
  }

  static Path stepFolder(Path output, long step) {
    return new Path(output, String.format(Locale.ROOT, "step-%08d", step));
  }

  static boolean isStepFolder(String name) {
    return STEP_FOLDER.matcher(name).matches();
  }

  /** Folders named as checkpoints of a run, the highest step first. */
  static List<Path> stepFolders(String outputDirectory) {
    Path output = Storage.path(outputDirectory);
    return Storage.of(output).children(output).stream()
        .filter(child -> isStepFolder(child.getName()))
        .sorted(
            Comparator.comparingLong((Path child) -> Long.parseLong(child.getName().substring(5)))
                .reversed())
        .toList();
  }

  private static Checkpoint open(Path directory) {
    Storage storage = Storage.of(directory);
    if (!storage.isDirectory(directory)) {
      throw new UserException("Cannot open checkpoint " + directory + ": there is no such folder");
    }
    Manifest manifest = manifest(storage, directory);
    for (FileEntry file : manifest.files()) {
      verify(storage, directory, file);
    }
    Path configFile = new Path(directory, CONFIG);
    if (!has(manifest, CONFIG)) {
      throw new UserException(
          "Cannot open checkpoint " + directory + ": its manifest does not list " + CONFIG);
    }
    JsonNode config = Json.parse(storage.readAll(configFile), configFile);
    Weights weights = Weights.open(directory);
    try {
      OptimizerState optimizerState =
          OptimizerState.open(directory, manifest.files(), weights.layout().elements());
      return new Checkpoint(directory, manifest, config, weights, optimizerState);
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  private static Manifest manifest(Storage storage, Path directory) {
    Path file = new Path(directory, Manifest.FILE);
    if (storage.size(file) < 0) {
      throw new UserException(
          "Cannot open checkpoint "
              + directory
              + ": it has no "
              + Manifest.FILE
              + " (not a checkpoint, or never finished)");
    }
    try {
      return Manifest.parse(storage.readAll(file));
    } catch (Manifest.InvalidManifest e) {
      throw new UserException("Cannot open checkpoint: " + file + ": " + e.getMessage(), e);
    }
  }

  private static void verify(Storage storage, Path directory, FileEntry file) {
    Path path = new Path(directory, file.path());
    long size = storage.size(path);
    if (size != file.bytes()) {
      throw new UserException(
          "Cannot open checkpoint: "
              + path
              + (size < 0 ? " is missing" : " has " + size + " bytes")
              + ", the manifest says "
              + file.bytes()
              + " bytes");
    }
    String sha256 = sha256(storage, path);
    if (!sha256.equals(file.sha256())) {
      throw new UserException(
          "Cannot open checkpoint: "
              + path
              + " has SHA-256 "
              + sha256
              + ", the manifest says "
              + file.sha256()
              + " (the file was altered or damaged)");
    }
  }

  private static String sha256(Storage storage, Path path) {
    try (InputStream in = storage.open(path)) {
      MessageDigest digest = Sha256.digest();
      byte[] block = new byte[1 << 18];
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        digest.update(block, 0, count);
      }
      return Sha256.hex(digest);
    } catch (IOException e) {
      throw new CheckpointException("Cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  private static boolean has(Manifest manifest, String path) {
    return manifest.files().stream().anyMatch(file -> file.path().equals(path));
  }

  private Optional<byte[]> content(String path) {
    return has(manifest, path)
        ? Optional.of(Storage.of(directory).readAll(new Path(directory, path)))
        : Optional.empty();
  }
}
