package io.headwater.model;

import io.headwater.checkpoint.TensorLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tensors that docs/format/hugging-face.md says a published model has. */
public final class PublishedTable {
  private static final Pattern ROW =
      Pattern.compile("\\| `([^`]+)` \\| \\(([^)]*)\\) \\| ([^|]+) \\|");

  private PublishedTable() {}

  /**
   * The rows of one family, for given sizes.
   *
   * @param sizes what the letters in the shapes stand for
   * @param heads the rows wanted beside those of all
   */
  public static TensorLayout of(
      String family, int layers, Map<String, Integer> sizes, Set<String> heads) {
    TensorLayout.Builder layout = TensorLayout.builder();
    boolean inside = false;
    for (String line : lines()) {
      if (line.startsWith("#")) {
        inside = line.equals("### " + family);
      }
      Matcher row = ROW.matcher(line);
      if (!inside || !row.matches()) {
        continue;
      }
      List<String> owners = List.of(row.group(3).split(", "));
      if (owners.contains("all") || owners.stream().anyMatch(heads::contains)) {
        long[] shape =
            Arrays.stream(row.group(2).split(", ")).mapToLong(each -> size(each, sizes)).toArray();
        int times = row.group(1).contains("{i}") ? layers : 1;
        for (int layer = 0; layer < times; layer++) {
          layout.add(row.group(1).replace("{i}", Integer.toString(layer)), shape);
        }
      }
    }
    return layout.build();
  }

  private static List<String> lines() {
    Path page = Path.of(System.getProperty("headwater.root"), "docs", "format", "hugging-face.md");
    try {
      return Files.readAllLines(page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code 2}, {@code D} or {@code 4D}. */
  private static long size(String text, Map<String, Integer> sizes) {
    String number = text.replaceAll("\\D", "");
    String letter = text.replaceAll("\\d", "");
    long factor = number.isEmpty() ? 1 : Long.parseLong(number);
    return letter.isEmpty() ? factor : factor * sizes.get(letter);
  }
}
