package io.headwater.checkpoint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * The optimizer's vectors ({@code exp_avg}, {@code exp_avg_sq}) of a checkpoint, whatever number of
 * parameter shards wrote them: each file holds one key range, named in its metadata.
 */
final class OptimizerState implements AutoCloseable {
  static final String FOLDER = "training";
  static final String FROM = "from";
  static final String TO = "to";
  private static final Pattern FILE = Pattern.compile("optimizer-\\d{5}-of-\\d{5}\\.safetensors");

  /** A file and its key range. */
  private record Part(Safetensors file, long from, long to) {}

  private final Path directory;
  private final List<Part> parts;

  private OptimizerState(Path directory, List<Part> parts) {
    this.directory = directory;
    this.parts = parts;
  }

  static String path(int shard, int shards) {
    return FOLDER
        + "/"
        + String.format(Locale.ROOT, "optimizer-%05d-of-%05d.safetensors", shard, shards);
  }

  /** Opens those of the listed files that hold optimizer state, and checks that they cover all. */
  static OptimizerState open(Path directory, List<FileEntry> files, long elements) {
    List<Part> parts = new ArrayList<>();
    boolean opened = false;
    try {
      for (FileEntry entry : files) {
        Path path = new Path(directory, entry.path());
        if (entry.path().startsWith(FOLDER + "/") && FILE.matcher(path.getName()).matches()) {
          Safetensors file = Safetensors.open(path);
          parts.add(new Part(file, bound(file, FROM, path), bound(file, TO, path)));
        }
      }
      parts.sort(Comparator.comparingLong(Part::from).thenComparingLong(Part::to));
      long next = 0;
      for (Part part : parts) {
        if (part.from() != next) {
          throw new UserException(
              "Cannot read the optimizer state of "
                  + directory
                  + ": elements "
                  + next
                  + " to "
                  + part.from()
                  + " are in no file");
        }
        next = part.to();
      }
      if (!parts.isEmpty() && next != elements) {
        throw new UserException(
            "Cannot read the optimizer state of "
                + directory
                + ": it is of "
                + next
                + " elements, the model has "
                + elements);
      }
      OptimizerState state = new OptimizerState(directory, List.copyOf(parts));
      opened = true;
      return state;
    } finally {
      if (!opened) {
        parts.forEach(part -> part.file().close());
      }
    }
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  void read(String name, long from, float[] into, int offset, int count) {
    if (parts.isEmpty()) {
      throw new UserException(
          "Cannot read optimizer state " + name + " of " + directory + ": it has none");
    }
    Objects.checkFromIndexSize(from, count, parts.get(parts.size() - 1).to());
    for (Part part : parts) {
      long begin = Math.max(from, part.from());
      long end = Math.min(from + count, part.to());
      if (begin < end) {
        part.file()
            .read(
                part.file().tensor(name),
                begin - part.from(),
                into,
                offset + (int) (begin - from),
                (int) (end - begin));
      }
    }
  }

  @Override
  public void close() {
    parts.forEach(part -> part.file().close());
  }

  private static long bound(Safetensors file, String key, Path path) {
    String value = file.metadata().get(key);
    if (value == null || !value.matches("\\d{1,18}")) {
      throw new UserException(
          "Cannot read " + path + ": its metadata has '" + key + "' " + value + " (a number)");
    }
    return Long.parseLong(value);
  }
}
