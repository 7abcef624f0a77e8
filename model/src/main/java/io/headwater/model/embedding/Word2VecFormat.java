package io.headwater.model.embedding;

import io.headwater.checkpoint.UserException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of the original word2vec program: a line {@code words dim}, then per word the word, a
 * space and its vector, as decimal numbers or as little-endian float32, and a line feed.
 */
public enum Word2VecFormat {
  TEXT,
  BINARY;

  private static final int LONGEST_WORD = 10_000;
  private static final int BUFFER = 1 << 18;

  /** Writes a file; text has the shortest decimals that read back to the same floats. */
  public void write(WordVectors vectors, Path file) {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
      out.write(utf8(vectors.words().size() + " " + vectors.dim() + "\n"));
      for (int id = 0; id < vectors.words().size(); id++) {
        out.write(utf8(vectors.words().get(id)));
        out.write(this == TEXT ? decimals(vectors.rows().row(id)) : bytes(vectors.rows().row(id)));
        out.write('\n');
      }
    } catch (IOException e) {
      throw new UserException("Cannot write " + file + ": " + e, e);
    }
  }

  /**
   * Reads a file; a binary one may have its line feeds left out.
   *
   * @throws UserException if it cannot be read, is cut short or holds something else
   */
  public WordVectors read(Path file) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
      long[] sizes = header(file, in);
      int count = (int) sizes[0];
      Rows rows = new Rows(count, (int) sizes[1]);
      List<String> words = new ArrayList<>();
      for (int id = 0; id < count; id++) {
        try {
          words.add(word(in));
          rows.set(id, this == TEXT ? decimals(in, rows.width()) : floats(in, rows.width()));
        } catch (EOFException e) {
          throw new UserException(
              "Cannot read " + file + ": it ends at word " + id + " of " + count, e);
        } catch (NumberFormatException e) {
          throw new UserException(
              "Cannot read " + file + ": word " + id + ": " + e.getMessage(), e);
        }
      }
      return new WordVectors(words, rows);
    } catch (IOException e) {
      throw new UserException("Cannot read " + file + ": " + e, e);
    }
  }

  private static long[] header(Path file, InputStream in) throws IOException {
    String line = until(in, '\n', 64);
    String[] sizes = line.strip().split(" ");
    if (sizes.length != 2 || !sizes[0].matches("\\d{1,10}") || !sizes[1].matches("[1-9]\\d{0,3}")) {
      throw new UserException(
          "Cannot read " + file + ": its first line must be the numbers of words and dimensions");
    }
    long words = Long.parseLong(sizes[0]);
    long dim = Long.parseLong(sizes[1]);
    if (words > Integer.MAX_VALUE) {
      throw new UserException(
          "Cannot read %s: %d words are more than %d".formatted(file, words, Integer.MAX_VALUE));
    }
    // Each number takes a byte and its separator at least: a lying header must not take memory.
    if (words * dim * 2 > Files.size(file)) {
      throw new UserException(
          "Cannot read " + file + ": it is too short for " + words + " words of " + dim);
    }
    return new long[] {words, dim};
  }

  private static String word(InputStream in) throws IOException {
    String word = until(in, ' ', LONGEST_WORD);
    return word.startsWith("\n") ? word.substring(1) : word;
  }

  private static String until(InputStream in, char end, int most) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int next = in.read(); next != end; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the file ends");
      }
      if (bytes.size() == most) {
        throw new IOException("more than " + most + " bytes without a separator");
      }
      bytes.write(next);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static float[] decimals(InputStream in, int dim) throws IOException {
    String[] numbers = until(in, '\n', 64 * dim).strip().split(" ");
    if (numbers.length != dim) {
      throw new NumberFormatException(numbers.length + " numbers instead of " + dim);
    }
    float[] row = new float[dim];
    for (int d = 0; d < dim; d++) {
      row[d] = Float.parseFloat(numbers[d]);
    }
    return row;
  }

  private static float[] floats(InputStream in, int dim) throws IOException {
    byte[] bytes = in.readNBytes(dim * Float.BYTES);
    if (bytes.length < dim * Float.BYTES) {
      throw new EOFException("the file ends");
    }
    float[] row = new float[dim];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(row);
    return row;
  }

  private static byte[] decimals(float[] row) {
    StringBuilder text = new StringBuilder();
    for (float value : row) {
      text.append(' ').append(value);
    }
    return utf8(text.toString());
  }

  private static byte[] bytes(float[] row) {
    ByteBuffer bytes =
        ByteBuffer.allocate(1 + row.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) ' ').asFloatBuffer().put(row);
    return bytes.array();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
