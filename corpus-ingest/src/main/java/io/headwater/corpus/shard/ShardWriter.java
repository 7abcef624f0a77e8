package io.headwater.corpus.shard;

import io.headwater.corpus.shard.CorpusManifest.FileEntry;
import io.headwater.corpus.shard.ShardPlan.Segment;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Writes the files of a corpus, each under a passing name first, and says what their bytes are. */
public final class ShardWriter {
  private final FileSystem files;
  private final Path folder;
  private final String attempt;

  /**
   * A writer into a folder, where the parts lie too.
   *
   * @param attempt a name that no other attempt at the same file has
   */
  public ShardWriter(FileSystem files, Path folder, String attempt) {
    this.files = files;
    this.folder = folder;
    this.attempt = attempt;
  }

  @FunctionalInterface
  private interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Joins a shard's segments into its {@code .bin} and {@code .idx}. */
  public List<FileEntry> write(ShardPlan plan, ElementType type) throws IOException {
    String name = plan.split().shardName(plan.number());
    int[] lengths = lengths(plan);
    return List.of(
        write(name + ".bin", out -> copyTokens(plan, type, out)),
        write(name + ".idx", out -> ShardIndex.write(out, type, lengths, lengths.length)));
  }

  /** Writes a small file. */
  public FileEntry write(String name, byte[] bytes) throws IOException {
    return write(name, out -> new ByteArrayInputStream(bytes).transferTo(out));
  }

  private FileEntry write(String name, Content content) throws IOException {
    Path passing = new Path(folder, "." + name + "." + attempt);
    MessageDigest digest = Sha256.digest();
    try (OutputStream out = new DigestOutputStream(files.create(passing), digest)) {
      content.writeTo(out);
    }
    long bytes = files.getFileStatus(passing).getLen();
    Path path = new Path(folder, name);
    files.delete(path, false); // by another attempt at the same bytes
    if (!files.rename(passing, path)) {
      throw new IOException("cannot rename " + passing + " to " + path);
    }
    return new FileEntry(name, bytes, Sha256.hex(digest));
  }

  private void copyTokens(ShardPlan plan, ElementType type, OutputStream out) throws IOException {
    byte[] block = new byte[1 << 18];
    for (Segment segment : plan.segments()) {
      try (FSDataInputStream in = files.open(new Path(folder, segment.part().tokensFile()))) {
        in.seek(segment.firstToken() * type.bytes());
        long left = segment.tokens() * type.bytes();
        while (left > 0) {
          int here = (int) Math.min(block.length, left);
          in.readFully(block, 0, here);
          out.write(block, 0, here);
          left -= here;
        }
      }
    }
  }

  private int[] lengths(ShardPlan plan) throws IOException {
    int[] lengths = new int[plan.segments().stream().mapToInt(Segment::documents).sum()];
    int document = 0;
    for (Segment segment : plan.segments()) {
      try (FSDataInputStream file = files.open(new Path(folder, segment.part().lengthsFile()))) {
        file.seek(4 * segment.firstDocument());
        InputStream buffered = new BufferedInputStream(file, 1 << 16);
        DataInputStream in = new DataInputStream(buffered);
        for (int i = 0; i < segment.documents(); i++) {
          lengths[document++] = in.readInt();
        }
      }
    }
    return lengths;
  }
}
