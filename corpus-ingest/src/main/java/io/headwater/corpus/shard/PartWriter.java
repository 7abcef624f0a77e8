package io.headwater.corpus.shard;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Writes one {@link Part}. One thread. */
public final class PartWriter implements Closeable {
  private final String name;
  private final ElementType type;
  private final OutputStream tokens;
  private final DataOutputStream lengths;
  private final ByteBuffer block = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
  private long documentCount;
  private long tokenCount;

  /** Creates the part's files in a folder; a name that no other writer uses. */
  public PartWriter(FileSystem files, Path folder, String name, ElementType type)
      throws IOException {
    this.name = name;
    this.type = type;
    this.tokens = files.create(new Path(folder, name + ".tokens"));
    this.lengths =
        new DataOutputStream(
            new BufferedOutputStream(files.create(new Path(folder, name + ".lengths")), 1 << 16));
  }

  /** Adds a document; one without tokens is left out. */
  public void add(int[] document) throws IOException {
    if (document.length == 0) {
      return;
    }
    for (int token : document) {
      if (block.remaining() < type.bytes()) {
        flush();
      }
      if (type == ElementType.U16) {
        block.putShort((short) token);
      } else {
        block.putInt(token);
      }
    }
    lengths.writeInt(document.length);
    documentCount++;
    tokenCount += document.length;
  }

  private void flush() throws IOException {
    tokens.write(block.array(), 0, block.position());
    block.clear();
  }

  /** Ends the files; what was written. */
  public Part finish() throws IOException {
    flush();
    close();
    return new Part(name + ".tokens", name + ".lengths", documentCount, tokenCount);
  }

  @Override
  public void close() throws IOException {
    try (lengths) {
      tokens.close();
    }
  }
}
