package io.headwater.deploy.monitoring;

import io.headwater.deploy.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The metrics that the code registers, and those that a query names. */
final class KnownMetrics {
  private static final Pattern REGISTERED =
      Pattern.compile(
          "(?:\\.build|MetricFamily|new Aeron(?:Counter|Gauge))\\(\\s*\"(headwater_\\w+)\"");
  private static final Pattern DECLARED =
      Pattern.compile(
          "(Gauge|Counter|Histogram)\\.build\\(\\s*\"(headwater_\\w+)\"(.*?)\\.register\\(",
          Pattern.DOTALL);
  private static final Pattern LABELS = Pattern.compile("\\.labelNames\\(([^)]*)\\)");
  private static final Pattern NAMED = Pattern.compile("\\b(headwater_[a-z_]+)");
  private static final Pattern SAMPLE = Pattern.compile("_(bucket|sum|count)$");

  private KnownMetrics() {}

  /** By reading the sources of all modules. */
  static Set<String> ofTheCode() throws IOException {
    Set<String> names = new TreeSet<>();
    for (String source : sources()) {
      Matcher matcher = REGISTERED.matcher(source);
      while (matcher.find()) {
        names.add(matcher.group(1));
      }
    }
    return names;
  }

  private static List<String> sources() throws IOException {
    List<String> sources = new ArrayList<>();
    Predicate<Path> source = file -> file.toString().endsWith(".java");
    for (Path module : modules()) {
      try (Stream<Path> files = Files.walk(module.resolve("src/main/java"))) {
        for (Path file : files.filter(source).toList()) {
          sources.add(Files.readString(file));
        }
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    return sources;
  }

  /**
   * Type and labels as the code registers them, as {@code gauge | a, b}; without labels for those
   * that a collector of its own makes.
   */
  static Map<String, String> declarations() throws IOException {
    Map<String, String> declarations = new TreeMap<>();
    for (String source : sources()) {
      Matcher matcher = DECLARED.matcher(source);
      while (matcher.find()) {
        Matcher labels = LABELS.matcher(matcher.group(3));
        String names = labels.find() ? labels.group(1).replaceAll("[\"\\s]", "") : "";
        declarations.put(
            matcher.group(2),
            matcher.group(1).toLowerCase(Locale.ROOT) + " | " + names.replace(",", ", "));
      }
    }
    return declarations;
  }

  /** Without the endings of a histogram's samples. */
  static Set<String> in(String text) {
    return NAMED
        .matcher(text)
        .results()
        .map(match -> SAMPLE.matcher(match.group(1)).replaceFirst(""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<Path> modules() throws IOException {
    try (Stream<Path> folders = Files.list(Repository.ROOT)) {
      return folders
          .filter(folder -> Files.isDirectory(folder.resolve("src/main/java")))
          .collect(Collectors.toSet());
    }
  }
}
