package io.headwater.deploy.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The chart's values.yaml as a document: each value with its default and the comment above it.
 *
 * @param key its way from the top, dots between
 * @param comment what follows the dashes; empty if there is none
 */
record ChartValues(String key, JsonNode defaultValue, Optional<String> comment) {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Path FILE = Repository.CHART.resolve("values.yaml");
  private static final Pattern LINE = Pattern.compile("( *)([A-Za-z]\\w*):.*");
  private static final Pattern COMMENT = Pattern.compile(" *# -- (.*)");

  /** The defaults with a file's values on top. */
  static JsonNode merged(Path values) throws IOException {
    JsonNode own = YAML.readTree(FILE.toFile());
    return YAML.readerForUpdating(own).readValue(values.toFile());
  }

  /** Every value with a comment, and every leaf that is under none, in the file's order. */
  static List<ChartValues> all() throws IOException {
    JsonNode tree = YAML.readTree(FILE.toFile());
    List<ChartValues> all = new ArrayList<>();
    Deque<String> path = new ArrayDeque<>();
    Optional<String> comment = Optional.empty();
    int documentedDepth = Integer.MAX_VALUE; // of the commented value that we are inside of
    for (String line : Files.readAllLines(FILE)) {
      Matcher words = COMMENT.matcher(line);
      Matcher entry = LINE.matcher(line);
      if (words.matches()) {
        comment = Optional.of(words.group(1));
      } else if (entry.matches()) {
        int depth = entry.group(1).length() / 2;
        while (path.size() > depth) {
          path.removeLast();
        }
        path.addLast(entry.group(2));
        if (depth <= documentedDepth) {
          documentedDepth = comment.isPresent() ? depth : Integer.MAX_VALUE;
          JsonNode value = tree.at("/" + String.join("/", path));
          boolean isLeaf = !value.isObject() || value.isEmpty();
          if (comment.isPresent() || isLeaf) {
            all.add(new ChartValues(String.join(".", path), value, comment));
          }
        }
        comment = Optional.empty();
      }
    }
    return all;
  }

  /** The table of the chart's README. */
  static String table() throws IOException {
    StringBuilder table = new StringBuilder("| value | default | meaning |\n|---|---|---|\n");
    for (ChartValues value : all()) {
      table.append(
          "| `%s` | `%s` | %s |\n"
              .formatted(value.key(), value.defaultValue(), value.comment().orElseThrow().strip()));
    }
    return table.toString();
  }
}
