package io.headwater.corpus.shard;

import io.headwater.checkpoint.UserException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The {@code .idx} file beside a shard's {@code .bin}, in Megatron's MMIDIDX format, one sequence
 * per document. All little-endian, nothing aligned:
 *
 * <pre>
 *   0   9    "MMIDIDX\0\0"
 *   9   u64  version = 1
 *  17   u8   element type: 8 u16, 4 i32
 *  18   u64  S, sequences
 *  26   u64  S + 1
 *  34   i32  length of each sequence, in tokens    (S)
 *       i64  start of each sequence, in bytes      (S)
 *       i64  first sequence of each document, and S (S + 1)
 * </pre>
 *
 * @param documents sequences in the shard
 * @param tokens the sum of their lengths
 */
record ShardIndex(long documents, long tokens) {
  private static final byte[] MAGIC = "MMIDIDX\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final long VERSION = 1;
  private static final int HEADER_BYTES = 34;
  private static final int BYTES_PER_DOCUMENT = 4 + 8 + 8;

  /** The documents that one index file may have, so that a reader maps it in one piece. */
  static final int MAX_DOCUMENTS = (Integer.MAX_VALUE - HEADER_BYTES - 8) / BYTES_PER_DOCUMENT;

  /** Writes the index of documents with these lengths; leaves the stream open. */
  static void write(OutputStream out, ElementType type, int[] lengths, int documents)
      throws IOException {
    if (documents > MAX_DOCUMENTS) {
      throw new IllegalArgumentException("more than " + MAX_DOCUMENTS + " documents: " + documents);
    }
    OutputStream buffered = new BufferedOutputStream(out, 1 << 16);
    ByteBuffer word = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    word.put(MAGIC).putLong(VERSION).put((byte) type.code());
    word.putLong(documents).putLong(documents + 1L);
    buffered.write(word.array(), 0, HEADER_BYTES);
    for (int i = 0; i < documents; i++) {
      buffered.write(word.putInt(0, lengths[i]).array(), 0, 4);
    }
    long start = 0;
    for (int i = 0; i < documents; i++) {
      buffered.write(word.putLong(0, start).array(), 0, 8);
      start += (long) lengths[i] * type.bytes();
    }
    for (long i = 0; i <= documents; i++) {
      buffered.write(word.putLong(0, i).array(), 0, 8);
    }
    buffered.flush();
  }

  /**
   * Reads and checks an index.
   *
   * @param file the name that errors carry
   * @throws UserException when any part contradicts another
   */
  static ShardIndex read(ByteBuffer bytes, ElementType expected, String file) {
    ByteBuffer index = bytes.order(ByteOrder.LITTLE_ENDIAN);
    if (index.limit() < HEADER_BYTES) {
      throw damaged(file, "it has " + index.limit() + " bytes, fewer than a header");
    }
    byte[] magic = new byte[MAGIC.length];
    index.get(0, magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw damaged(file, "it does not begin with MMIDIDX");
    }
    long version = index.getLong(9);
    if (version != VERSION) {
      throw damaged(file, "its version is " + version + ", not " + VERSION);
    }
    int code = index.get(17);
    if (code != expected.code()) {
      throw damaged(file, "its element type is " + code + ", not " + expected.code());
    }
    long documents = index.getLong(18);
    if (documents < 0 || documents > MAX_DOCUMENTS || index.getLong(26) != documents + 1) {
      throw damaged(file, "it counts " + documents + " and " + index.getLong(26) + " documents");
    }
    long size = HEADER_BYTES + documents * BYTES_PER_DOCUMENT + 8;
    if (index.limit() != size) {
      throw damaged(file, "it has " + index.limit() + " bytes where " + size + " are due");
    }
    return new ShardIndex(documents, checkedTokens(index, (int) documents, expected, file));
  }

  /** The length of each document of a checked index, in tokens. */
  static int[] lengths(ByteBuffer bytes) {
    ByteBuffer index = bytes.order(ByteOrder.LITTLE_ENDIAN);
    int[] lengths = new int[(int) index.getLong(18)];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = index.getInt(HEADER_BYTES + 4 * i);
    }
    return lengths;
  }

  private static long checkedTokens(
      ByteBuffer index, int documents, ElementType type, String file) {
    int starts = HEADER_BYTES + 4 * documents;
    int boundaries = starts + 8 * documents;
    long tokens = 0;
    for (int i = 0; i < documents; i++) {
      int length = index.getInt(HEADER_BYTES + 4 * i);
      boolean consistent =
          length > 0
              && index.getLong(starts + 8 * i) == tokens * type.bytes()
              && index.getLong(boundaries + 8 * i) == i;
      if (!consistent) {
        throw damaged(file, "the entry of document " + i + " contradicts those before it");
      }
      tokens += length;
    }
    if (index.getLong(boundaries + 8 * documents) != documents) {
      throw damaged(file, "its last document boundary is not " + documents);
    }
    return tokens;
  }

  private static UserException damaged(String file, String why) {
    return new UserException("Cannot read shard index " + file + ": " + why);
  }
}
