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
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The chart as Helm's own engine renders it. */
public final class Chart {
  private static final YAMLMapper YAML = new YAMLMapper();

  private Chart() {}

  /** The values files that the chart is tested with. */
  static Stream<Path> examples() throws IOException {
    return Files.list(Repository.CHART.resolve("ci")).sorted();
  }

  static List<JsonNode> render(Path values) throws IOException {
    return render("r", "ns", values, Map.of());
  }

  static List<JsonNode> render(Map<String, Object> values) throws IOException {
    return render("r", "ns", Repository.CHART.resolve("values.yaml"), values);
  }

  /** The objects of a release: the file's values on top of the chart's own, single ones on top. */
  public static List<JsonNode> render(
      String name, String namespace, Path file, Map<String, Object> values) throws IOException {
    // Without a version Helm's library takes Kubernetes for 1.20.
    TemplateCommand command =
        new Helm(Repository.CHART)
            .template()
            .withName(name)
            .withNamespace(namespace)
            .withKubeVersion("1.31.0")
            .withValuesFile(file);
    values.forEach(command::set);
    return StrictManifests.documents(command.call());
  }

  /** Strict lint of a copy of the chart with the values merged into its own. */
  static LintResult lint(Path values, Path folder) throws IOException {
    Path copy = folder.resolve("headwater");
    try (Stream<Path> files = Files.walk(Repository.CHART)) {
      files.forEach(file -> copy(file, copy.resolve(Repository.CHART.relativize(file).toString())));
    }
    JsonNode own = YAML.readTree(copy.resolve("values.yaml").toFile());
    JsonNode merged = YAML.readerForUpdating(own).readValue(values.toFile());
    YAML.writeValue(copy.resolve("values.yaml").toFile(), merged);
    return new Helm(copy).lint().strict().call();
  }

  /** The ConfigMap with run file, Spark properties and the executors' template. */
  public static JsonNode configuration(List<JsonNode> objects) {
    return objects.stream()
        .filter(object -> object.at("/data/spark.properties").isTextual())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no Spark properties are rendered"));
  }

  static JsonNode find(List<JsonNode> objects, String kind, String name) {
    return objects.stream()
        .filter(object -> object.path("kind").asText().equals(kind))
        .filter(object -> object.at("/metadata/name").asText().startsWith(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind + " " + name + " is rendered"));
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
