package io.headwater.driver.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * The quickstart's labelled task: which library does this piece of source code come from?
 *
 * <p>What would give it away is taken out: the licence header, package and import lines, and the
 * libraries' own names. Training and evaluation snippets come from different files.
 */
final class Snippets {
  private static final int LINES = 12;
  private static final int SHORTEST = 200; // characters
  private static final int LONGEST = 600;
  private static final int EVALUATION_PER_LABEL = 48;
  private static final int TRAINING_PER_LABEL = 64;
  private static final long SEED = 7;

  private static final Pattern HEADER =
      Pattern.compile("\\A\\s*(/\\*.*?\\*/\\s*)+", Pattern.DOTALL);
  private static final Pattern PACKAGE_OR_IMPORT =
      Pattern.compile("^\\s*(package|import)\\s.*$\\R?", Pattern.MULTILINE);
  private static final Pattern NAMES =
      Pattern.compile(
          "agrona|commons|collections4?|compress|jackson|databind|fasterxml|lang3|log4j|logging"
              + "|math3?|zookeeper|zoo|zk|apache|\\borg\\b|\\bcom\\b|\\bio\\b",
          Pattern.CASE_INSENSITIVE);

  private Snippets() {}

  /** Writes {@code train.jsonl} and {@code eval.jsonl} with the fields text and label. */
  static void write(SourceArchives archives, Path folder) {
    List<ObjectNode> training = new ArrayList<>();
    List<ObjectNode> evaluation = new ArrayList<>();
    for (String label : SourceArchives.LABELS.keySet()) {
      Random random = new Random(SEED + label.hashCode());
      List<Map.Entry<String, String>> files = new ArrayList<>(archives.javaFiles(label).entrySet());
      Collections.shuffle(files, random);
      List<ObjectNode> drawn = new ArrayList<>();
      for (Map.Entry<String, String> file : files) {
        cut(file.getValue(), random).ifPresent(text -> drawn.add(example(text, label)));
        if (drawn.size() == EVALUATION_PER_LABEL + TRAINING_PER_LABEL) {
          break;
        }
      }
      int split = Math.min(EVALUATION_PER_LABEL, drawn.size() / 2);
      evaluation.addAll(drawn.subList(0, split));
      training.addAll(drawn.subList(split, drawn.size()));
    }
    write(folder.resolve("train.jsonl"), training);
    write(folder.resolve("eval.jsonl"), evaluation);
  }

  /** A piece from somewhere in a file's body; empty if there is too little of it. */
  static Optional<String> cut(String source, Random random) {
    List<String> lines = strip(source).lines().filter(line -> !line.isBlank()).toList();
    if (lines.size() < LINES) {
      return Optional.empty();
    }
    int from = random.nextInt(lines.size() - LINES + 1);
    String text = String.join("\n", lines.subList(from, from + LINES));
    return text.length() < SHORTEST
        ? Optional.empty()
        : Optional.of(text.substring(0, Math.min(LONGEST, text.length())));
  }

  static String strip(String source) {
    String body = HEADER.matcher(source).replaceFirst("");
    return NAMES.matcher(PACKAGE_OR_IMPORT.matcher(body).replaceAll("")).replaceAll("x");
  }

  private static ObjectNode example(String text, String label) {
    return JsonNodeFactory.instance.objectNode().put("text", text).put("label", label);
  }

  private static void write(Path file, List<ObjectNode> examples) {
    ObjectMapper mapper = new ObjectMapper();
    StringBuilder lines = new StringBuilder();
    try {
      for (ObjectNode example : examples) {
        lines.append(mapper.writeValueAsString(example)).append('\n');
      }
      Files.writeString(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }
}
