package io.headwater.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * A model's folder as Hugging Face's libraries write and read it: {@code config.json}, {@code
 * model.safetensors} or the files that {@code model.safetensors.index.json} names, a tokenizer. No
 * manifest vouches for its bytes; the headers are checked against the files' lengths.
 *
 * <p>Locations are those of a {@link Checkpoint}. Tensors are read range by range. Not thread-safe.
 */
public final class PublishedFolder implements AutoCloseable {
  /**
   * A stored tensor.
   *
   * @param dtype as safetensors names it: {@code F32}, {@code BF16} ...
   */
  public record Tensor(String name, String dtype, List<Long> shape) {
    public Tensor {
      shape = List.copyOf(shape);
    }

    public long elements() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }
  }

  private record Place(Safetensors file, SafetensorsHeader.Tensor tensor) {}

  private final Path directory;
  private final JsonNode config;
  private final List<Safetensors> files;
  private final Map<String, Place> tensors;

  private PublishedFolder(
      Path directory, JsonNode config, List<Safetensors> files, Map<String, Place> tensors) {
    this.directory = directory;
    this.config = config;
    this.files = files;
    this.tensors = tensors;
  }

  /**
   * Opens a folder.
   *
   * @throws UserException if it lacks configuration or weights, or one of them is damaged
   */
  public static PublishedFolder open(String location) {
    Path directory = Storage.path(location);
    Storage storage = Storage.of(directory);
    if (!storage.isDirectory(directory)) {
      throw new UserException("Cannot read " + directory + ": there is no such folder");
    }
    Path configFile = new Path(directory, Checkpoint.CONFIG);
    if (storage.size(configFile) < 0) {
      throw new UserException("Cannot read " + directory + ": it has no " + Checkpoint.CONFIG);
    }
    JsonNode config = Json.parse(storage.readAll(configFile), configFile);
    requireSafetensors(directory, storage);
    List<Safetensors> files = new ArrayList<>();
    boolean opened = false;
    try {
      Map<String, Place> tensors = tensors(directory, files);
      opened = true;
      return new PublishedFolder(directory, config, files, tensors);
    } finally {
      if (!opened) {
        files.forEach(Safetensors::close);
      }
    }
  }

  /**
   * Writes a folder, whole or not at all.
   *
   * @param weights the layout's flat vector
   * @param files everything but the weights, by name
   * @throws UserException if something is there already
   */
  public static void write(
      String location, TensorLayout layout, BlockSource weights, Map<String, byte[]> files) {
    write(location, Weights.FILE, layout, weights, files);
  }

  /**
   * As {@link #write(String, TensorLayout, BlockSource, Map)}, with another name for the weights.
   */
  public static void write(
      String location,
      String weightsFile,
      TensorLayout layout,
      BlockSource weights,
      Map<String, byte[]> files) {
    StagedFolder staged = new StagedFolder(Storage.path(location));
    staged.requireUnoccupied();
    staged.clear();
    try (HashedOutput out = staged.create(weightsFile)) {
      out.write(StagedFolder.modelHeader(layout).toBytes());
      out.write(weights, 0, layout.elements());
    }
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      try (HashedOutput out = staged.create(file.getKey())) {
        out.write(file.getValue());
      }
    }
    staged.publish();
  }

  /**
   * Checks, before any work is put into it, that a folder may be written.
   *
   * @throws UserException if something is there already
   */
  public static void requireWritable(String location) {
    new StagedFolder(Storage.path(location)).requireUnoccupied();
  }

  public String directory() {
    return directory.toString();
  }

  /** {@code config.json}. */
  public JsonNode config() {
    return config;
  }

  /** The bytes of one of its files, if it is there. */
  public Optional<byte[]> file(String name) {
    Path file = new Path(directory, name);
    Storage storage = Storage.of(directory);
    return storage.size(file) < 0 ? Optional.empty() : Optional.of(storage.readAll(file));
  }

  /** All tensors, file by file, in the order of their bytes. */
  public List<Tensor> tensors() {
    return tensors.values().stream()
        .map(place -> place.tensor())
        .map(tensor -> new Tensor(tensor.name(), tensor.dtype(), tensor.shape()))
        .toList();
  }

  /**
   * Copies {@code count} elements of a tensor from its element {@code from} on, widened to float32.
   *
   * @throws UserException if the tensor is not F32, F16 or BF16
   */
  public void read(String tensor, long from, float[] into, int offset, int count) {
    Place place = tensors.get(tensor);
    if (place == null) {
      throw new IllegalArgumentException("Cannot read tensor " + tensor + " of " + directory);
    }
    place.file().readWidened(place.tensor(), from, into, offset, count);
  }

  @Override
  public void close() {
    files.forEach(Safetensors::close);
  }

  private static void requireSafetensors(Path directory, Storage storage) {
    boolean pickled =
        storage.children(directory).stream()
            .map(Path::getName)
            .anyMatch(name -> name.matches("pytorch_model.*\\.bin"));
    boolean safe =
        storage.children(directory).stream()
            .map(Path::getName)
            .anyMatch(name -> name.endsWith(".safetensors"));
    if (pickled && !safe) {
      throw new UserException(
          "Cannot read "
              + directory
              + ": its weights are pickled in pytorch_model.bin (must be safetensors:"
              + " save_pretrained(..., safe_serialization=True) writes them)");
    }
  }

  private static Map<String, Place> tensors(Path directory, List<Safetensors> files) {
    Map<String, Place> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> entry : Weights.files(directory).entrySet()) {
      Safetensors file = Safetensors.open(new Path(directory, entry.getKey()));
      files.add(file);
      entry.getValue().forEach(file::tensor); // fails where the index names what is not there
      for (SafetensorsHeader.Tensor tensor : file.tensors()) {
        if (tensors.put(tensor.name(), new Place(file, tensor)) != null) {
          throw new UserException(
              "Cannot read the weights of "
                  + directory
                  + ": tensor "
                  + tensor.name()
                  + " is in two files, the second is "
                  + entry.getKey());
        }
      }
    }
    return tensors;
  }
}
