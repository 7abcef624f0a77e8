package io.headwater.finetune;

import io.headwater.checkpoint.Storage;
import io.headwater.checkpoint.UserException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A file of examples in UTF-8, while it is read: its text, and the line where a fault would be. */
public final class DataFile {
  private final String name;
  private final BufferedReader text;
  private long line = 1;

  private DataFile(String name, BufferedReader text) {
    this.name = name;
    this.text = text;
  }

  /** Reads examples out of a file. */
  public interface Reading<E> {
    /**
     * @param examples to add to
     */
    void read(DataFile file, List<E> examples) throws IOException;
  }

  /**
   * All examples of a file, in its order.
   *
   * @throws UserException naming file and line of the first fault, or if there is no example
   */
  public static <E> List<E> read(String name, Reading<E> reading) {
    List<E> examples = new ArrayList<>();
    try (BufferedReader text = open(name)) {
      DataFile file = new DataFile(name, text);
      try {
        reading.read(file, examples);
      } catch (CharacterCodingException e) {
        throw file.fault("it is not valid UTF-8", e);
      } catch (UncheckedIOException e) {
        throw e.getCause() instanceof CharacterCodingException
            ? file.fault("it is not valid UTF-8", e)
            : file.fault(e.getCause().getMessage(), e);
      } catch (IOException | IllegalArgumentException e) {
        throw file.fault(e.getMessage(), e);
      }
    } catch (IOException e) {
      throw new UserException("Cannot read labelled data " + name + ": " + e.getMessage(), e);
    }
    if (examples.isEmpty()) {
      throw new UserException("Cannot read labelled data " + name + ": it holds no example");
    }
    return List.copyOf(examples);
  }

  private static BufferedReader open(String name) throws IOException {
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Storage.read(name),
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)));
    boolean opened = false;
    try {
      reader.mark(1);
      if (reader.read() != '\uFEFF') { // a byte order mark is not part of the first column's name
        reader.reset();
      }
      opened = true;
      return reader;
    } catch (CharacterCodingException e) {
      throw new UserException(
          "Cannot read labelled data " + name + ", line 1: it is not valid UTF-8", e);
    } finally {
      if (!opened) {
        reader.close();
      }
    }
  }

  public String name() {
    return name;
  }

  public BufferedReader text() {
    return text;
  }

  /** Where a fault would be, from 1. */
  public long line() {
    return line;
  }

  /** Says where a fault would be from now on. */
  public void at(long number) {
    line = number;
  }

  /** A fault at the present line. */
  public UserException fault(String reason, Exception cause) {
    return new UserException(
        "Cannot read labelled data " + name + ", line " + line + ": " + reason, cause);
  }
}
