package io.headwater.model.embedding;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lines of UTF-8 text. */
public final class TextLines {
  private TextLines() {}

  /** Opens a file; bytes that are not UTF-8 are read as U+FFFD, as Spark reads them. */
  public static BufferedReader open(Path file) throws IOException {
    return new BufferedReader(
        new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8));
  }
}
