package io.headwater.model.glove;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Sums by key in files sorted by key, brought together at the end. */
final class SortedRuns {
  private static final int BUFFER = 1 << 18;

  private final Path folder;
  private final List<Path> files = new ArrayList<>();
  private long entries;

  /** Takes the sum of each key, in the order of keys. */
  interface Sink {
    void accept(long key, double sum) throws IOException;
  }

  SortedRuns(Path folder) {
    this.folder = folder;
  }

  int count() {
    return files.size();
  }

  /** Of all runs together: no fewer than there are keys. */
  long entries() {
    return entries;
  }

  /** Writes a run. */
  void add(PairTable table) throws IOException {
    Path file = folder.resolve("run-" + files.size());
    long[] keys = table.sortedKeys();
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER))) {
      for (long key : keys) {
        out.writeLong(key);
        out.writeDouble(table.sum(key));
      }
    }
    files.add(file);
    entries += keys.length;
  }

  /** Adds equal keys of all runs up, earlier runs first, and deletes the files. */
  void merge(Sink sink) throws IOException {
    PriorityQueue<Run> runs =
        new PriorityQueue<>(
            Comparator.<Run>comparingLong(run -> run.key).thenComparing(r -> r.rank));
    List<Run> open = new ArrayList<>();
    try {
      for (Path file : files) {
        Run run = new Run(file, open.size());
        open.add(run);
        if (run.advance()) {
          runs.add(run);
        }
      }
      while (!runs.isEmpty()) {
        long key = runs.element().key;
        double sum = 0;
        while (!runs.isEmpty() && runs.element().key == key) {
          Run run = runs.remove();
          sum += run.sum;
          if (run.advance()) {
            runs.add(run);
          }
        }
        sink.accept(key, sum);
      }
    } finally {
      for (Run run : open) {
        run.in.close();
      }
    }
    for (Path file : files) {
      Files.delete(file);
    }
    files.clear();
  }

  /** A file being read. */
  private static final class Run {
    private final DataInputStream in;
    private final int rank;
    private long left;
    private long key;
    private double sum;

    Run(Path file, int rank) throws IOException {
      this.in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
      this.rank = rank;
      this.left = Files.size(file) / (Long.BYTES + Double.BYTES);
    }

    boolean advance() throws IOException {
      if (left-- == 0) {
        return false;
      }
      key = in.readLong();
      sum = in.readDouble();
      return true;
    }
  }
}
