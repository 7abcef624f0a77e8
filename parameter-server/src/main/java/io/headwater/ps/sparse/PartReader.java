package io.headwater.ps.sparse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.checkpoint.CheckpointException;
import io.headwater.checkpoint.Storage;
import io.headwater.checkpoint.UserException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Reads one shard's staged rows, tensor after tensor, each beside the ids. */
final class PartReader implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BUFFER = 1 << 17;

  private final String file;
  private final TableFields fields;
  private final long rows;
  private final byte[] idBytes = new byte[Words.COUNT * Float.BYTES];
  private final float[] idWords = new float[Words.COUNT];
  private DataInputStream ids;
  private DataInputStream values;
  private byte[] valueBytes;
  private long left;
  private long id;

  PartReader(String tableFolder, long step, TablePart part, TableFields fields) {
    file = part.rows(tableFolder, step);
    this.fields = fields;
    JsonNode record = record(part, tableFolder, step);
    long elements = record.path("to").asLong(-1);
    if (elements < 0 || elements % fields.elementsOfRow() != 0) {
      throw new CheckpointException(
          "Cannot join " + file + ": " + elements + " elements are not whole rows of " + fields);
    }
    rows = elements / fields.elementsOfRow();
    verify(record.path("weights"));
  }

  long rows() {
    return rows;
  }

  /** Goes to the first row of a tensor. */
  void begin(int field) {
    close();
    ids = at(0);
    values = at(fields.offset(field, rows) * Float.BYTES);
    valueBytes = new byte[fields.widths().get(field) * Float.BYTES];
    left = rows;
    readId();
  }

  boolean hasRow() {
    return left > 0;
  }

  long id() {
    return id;
  }

  /** Copies the row and goes to the next one. */
  void take(float[] row) {
    read(values, valueBytes, row);
    left--;
    readId();
  }

  private void readId() {
    if (left > 0) {
      read(ids, idBytes, idWords);
      id = Words.get(idWords, 0);
    }
  }

  private JsonNode record(TablePart part, String tableFolder, long step) {
    try (InputStream in = Storage.read(part.record(tableFolder, step))) {
      return JSON.readTree(in);
    } catch (UserException e) {
      throw new CheckpointException(
          "Cannot join step "
              + step
              + " of "
              + tableFolder
              + ": shard "
              + part.shard()
              + " of "
              + part.shards()
              + " has not written its part",
          e);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void verify(JsonNode stated) {
    MessageDigest digest = sha256();
    long bytes = 0;
    try (InputStream in = new DigestInputStream(Storage.read(file), digest)) {
      byte[] block = new byte[BUFFER];
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        bytes += count;
      }
    } catch (IOException e) {
      throw failed(e);
    }
    String hash = HexFormat.of().formatHex(digest.digest());
    if (bytes != rows * fields.elementsOfRow() * Float.BYTES
        || !hash.equals(stated.path("sha256").asText())) {
      throw new CheckpointException(
          "Cannot join " + file + ": it is not what the shard wrote (length or SHA-256 differs)");
    }
  }

  private DataInputStream at(long position) {
    InputStream in = Storage.read(file);
    try {
      in.skipNBytes(position);
    } catch (IOException e) {
      throw failed(e);
    }
    return new DataInputStream(new BufferedInputStream(in, BUFFER));
  }

  private void read(DataInputStream in, byte[] bytes, float[] into) {
    try {
      in.readFully(bytes);
    } catch (IOException e) {
      throw failed(e);
    }
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(into);
  }

  private CheckpointException failed(IOException e) {
    return new CheckpointException("Cannot read " + file + ": " + e.getMessage(), e);
  }

  @Override
  public void close() {
    try {
      if (ids != null) {
        ids.close();
        values.close();
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
