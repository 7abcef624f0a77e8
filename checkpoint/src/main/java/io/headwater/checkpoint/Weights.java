package io.headwater.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/**
 * The weights of a folder as one flat vector: {@code model.safetensors}, or the files that {@code
 * model.safetensors.index.json} names, one after the other in the order of their names.
 */
final class Weights implements AutoCloseable {
  static final String FILE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  /** A file and the flat vector's elements that lie in it. */
  private record Part(Safetensors file, long from, long to) {}

  private final List<Part> parts;
  private final TensorLayout layout;

  private Weights(List<Part> parts, TensorLayout layout) {
    this.parts = parts;
    this.layout = layout;
  }

  static Weights open(Path directory) {
    Map<String, List<String>> tensorsByFile = files(directory);
    List<Part> parts = new ArrayList<>();
    boolean opened = false;
    try {
      TensorLayout.Builder layout = TensorLayout.builder();
      long next = 0;
      for (Map.Entry<String, List<String>> entry : tensorsByFile.entrySet()) {
        Safetensors file = Safetensors.open(new Path(directory, entry.getKey()));
        parts.add(new Part(file, next, next + file.elements()));
        next += file.elements();
        file.requireFloat32();
        entry.getValue().forEach(file::tensor); // fails where the index names what is not there
        for (SafetensorsHeader.Tensor tensor : file.tensors()) {
          layout.add(tensor.name(), tensor.shape().stream().mapToLong(Long::longValue).toArray());
        }
      }
      Weights weights = new Weights(List.copyOf(parts), layout.build());
      opened = true;
      return weights;
    } finally {
      if (!opened) {
        parts.forEach(part -> part.file().close());
      }
    }
  }

  /** The folder's safetensors files, and the tensors that its index says are in each. */
  static Map<String, List<String>> files(Path directory) {
    Storage storage = Storage.of(directory);
    Path index = new Path(directory, INDEX);
    Map<String, List<String>> tensorsByFile = new TreeMap<>();
    if (storage.size(new Path(directory, FILE)) >= 0) {
      tensorsByFile.put(FILE, List.of());
    } else if (storage.size(index) >= 0) {
      JsonNode map = Json.parse(storage.readAll(index), index).path("weight_map");
      for (Map.Entry<String, JsonNode> entry : map.properties()) {
        String file = entry.getValue().asText();
        if (file.isEmpty() || file.contains("/")) {
          throw new UserException(
              "Cannot read " + index + ": '" + file + "' is not a file of its own folder");
        }
        tensorsByFile.computeIfAbsent(file, any -> new ArrayList<>()).add(entry.getKey());
      }
    }
    if (tensorsByFile.isEmpty()) {
      throw new UserException(
          "Cannot read the weights of " + directory + ": it has neither " + FILE + " nor " + INDEX);
    }
    return tensorsByFile;
  }

  TensorLayout layout() {
    return layout;
  }

  void read(long from, float[] into, int offset, int count) {
    Objects.checkFromIndexSize(from, count, layout.elements());
    for (Part part : parts) {
      long begin = Math.max(from, part.from());
      long end = Math.min(from + count, part.to());
      if (begin < end) {
        part.file()
            .readData(
                begin - part.from(), into, offset + (int) (begin - from), (int) (end - begin));
      }
    }
  }

  @Override
  public void close() {
    parts.forEach(part -> part.file().close());
  }
}
