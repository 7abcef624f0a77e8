package io.headwater.finetune.write;

import io.headwater.checkpoint.Storage;
import io.headwater.checkpoint.UserException;
import io.headwater.finetune.Columns;
import io.headwater.finetune.LabelledExample;
import io.headwater.finetune.LabelledFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Reads texts and what is to be written for them: two columns of a labelled file or, as parallel
 * corpora come, two files with a text on each line, named {@code SOURCE,TARGET}; these may be
 * {@code .gz}.
 */
final class TextPairs {
  private TextPairs() {}

  static List<LabelledExample> read(String file, Columns columns) {
    int comma = file.indexOf(',');
    return comma < 0
        ? LabelledFile.read(file, columns)
        : parallel(file.substring(0, comma), file.substring(comma + 1));
  }

  private static List<LabelledExample> parallel(String sources, String targets) {
    List<String> texts = lines(sources);
    List<String> wanted = lines(targets);
    if (texts.size() != wanted.size()) {
      throw new UserException(
          "Cannot read text pairs: %s has %d lines, %s has %d"
              .formatted(sources, texts.size(), targets, wanted.size()));
    }
    List<LabelledExample> examples = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      if (texts.get(i).isBlank() != wanted.get(i).isBlank()) {
        throw new UserException(
            "Cannot read text pairs: line %d is empty in %s alone"
                .formatted(i + 1, texts.get(i).isBlank() ? sources : targets));
      }
      if (!texts.get(i).isBlank()) {
        examples.add(new LabelledExample(texts.get(i), wanted.get(i).strip(), i + 1L));
      }
    }
    if (examples.isEmpty()) {
      throw new UserException("Cannot read text pairs: " + sources + " holds no text");
    }
    return examples;
  }

  private static List<String> lines(String file) {
    try (InputStream raw = Storage.read(file);
        InputStream in = file.endsWith(".gz") ? new GZIPInputStream(raw) : raw;
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()))) {
      return reader.lines().toList();
    } catch (IOException | UncheckedIOException e) {
      throw new UserException("Cannot read text pairs from " + file + ": " + e, e);
    }
  }
}
