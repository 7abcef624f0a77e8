package io.headwater.deploy.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import io.headwater.deploy.Repository;
import io.headwater.deploy.StrictManifests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The chart as Helm's own engine renders it. */
public final class Chart {
  private static final YAMLMapper YAML = new YAMLMapper();

  /**
   * A copy in which hooks are plain objects: Helm's library renders no hooks, and the pods of
   * {@code helm test} are such.
   */
  private static final Path WITH_HOOKS = withHooks();

  private Chart() {}

  /** The values files that the chart is tested with. */
  static Stream<Path> examples() throws IOException {
    return Files.list(Repository.CHART.resolve("ci")).sorted();
  }

  /** The objects of a release and the pods of its tests. */
  static List<JsonNode> render(Path values) throws IOException {
    return render(values, Map.of());
  }

  /** The objects of a release and the pods of its tests: a file's values, single ones on top. */
  static List<JsonNode> render(Path file, Map<String, Object> values) throws IOException {
    return render(WITH_HOOKS, "r", "ns", file, values);
  }

  /** The objects of a release and the pods of its tests. */
  static List<JsonNode> render(Map<String, Object> values) throws IOException {
    return render(Repository.CHART.resolve("values.yaml"), values);
  }

  /** The objects of a release: the file's values on top of the chart's own, single ones on top. */
  public static List<JsonNode> render(
      String name, String namespace, Path file, Map<String, Object> values) throws IOException {
    return render(Repository.CHART, name, namespace, file, values);
  }

  private static List<JsonNode> render(
      Path chart, String name, String namespace, Path file, Map<String, Object> values)
      throws IOException {
    // Without a version Helm's library takes Kubernetes for 1.20.
    TemplateCommand command =
        new Helm(chart)
            .template()
            .withName(name)
            .withNamespace(namespace)
            .withKubeVersion("1.31.0")
            .withValuesFile(file);
    values.forEach(command::set);
    return StrictManifests.documents(command.call());
  }

  /** What Helm tells after an installation: its library renders it only as part of an object. */
  static String notes(Path file, Map<String, Object> values) throws IOException {
    Path copy = copy(Files.createTempDirectory(Path.of("target"), "notes"));
    Path notes = copy.resolve("templates/NOTES.txt");
    Files.writeString(
        copy.resolve("templates/notes.yaml"),
        "{{- define \"notes\" }}"
            + Files.readString(notes)
            + "{{ end }}\nkind: Notes\ntext: {{ include \"notes\" . | toJson }}\n");
    return find(render(copy, "r", "ns", file, values), "Notes", "").path("text").asText();
  }

  /** Strict lint of a copy of the chart with the values merged into its own. */
  static LintResult lint(Path values, Path folder) throws IOException {
    Path copy = copy(folder);
    JsonNode own = YAML.readTree(copy.resolve("values.yaml").toFile());
    JsonNode merged = YAML.readerForUpdating(own).readValue(values.toFile());
    removeNulls(merged); // as Helm does
    YAML.writeValue(copy.resolve("values.yaml").toFile(), merged);
    return new Helm(copy).lint().strict().call();
  }

  private static void removeNulls(JsonNode values) {
    Iterator<JsonNode> children = values.elements();
    while (children.hasNext()) {
      JsonNode child = children.next();
      if (child.isNull()) {
        children.remove();
      } else {
        removeNulls(child);
      }
    }
  }

  /** The ConfigMap with run file, Spark properties and the executors' template. */
  public static JsonNode configuration(List<JsonNode> objects) {
    return objects.stream()
        .filter(object -> object.at("/data/spark.properties").isTextual())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no Spark properties are rendered"));
  }

  /** The run file, unless the stage has none. */
  static Optional<String> runFile(List<JsonNode> objects) {
    return objects.stream()
        .map(object -> object.at("/data/run.yaml"))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .findFirst();
  }

  /** Spark's properties: of the ConfigMap, or of the SparkApplication where there is one. */
  static Map<String, String> sparkConf(List<JsonNode> objects) {
    Map<String, String> conf = new HashMap<>();
    for (JsonNode object : objects) {
      object
          .at("/spec/sparkConf")
          .fields()
          .forEachRemaining(entry -> conf.put(entry.getKey(), entry.getValue().asText()));
      object
          .at("/data/spark.properties")
          .asText()
          .lines()
          .map(line -> line.split(" ", 2))
          .forEach(pair -> conf.put(pair[0], pair[1]));
    }
    return conf;
  }

  static JsonNode find(List<JsonNode> objects, String kind, String name) {
    return objects.stream()
        .filter(object -> object.path("kind").asText().equals(kind))
        .filter(object -> object.at("/metadata/name").asText().startsWith(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind + " " + name + " is rendered"));
  }

  private static Path withHooks() {
    try {
      Path copy = copy(Files.createTempDirectory(Path.of("target"), "chart"));
      try (Stream<Path> files = Files.list(copy.resolve("templates/tests"))) {
        for (Path file : files.toList()) {
          Files.writeString(file, Files.readString(file).replace("helm.sh/hook", "helm-hook"));
        }
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path copy(Path folder) throws IOException {
    Path copy = folder.resolve("headwater");
    try (Stream<Path> files = Files.walk(Repository.CHART)) {
      files.forEach(file -> copy(file, copy.resolve(Repository.CHART.relativize(file).toString())));
    }
    return copy;
  }

  private static void copy(Path from, Path to) {
    try {
      if (Files.isDirectory(from)) {
        Files.createDirectories(to);
      } else {
        Files.copy(from, to);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
