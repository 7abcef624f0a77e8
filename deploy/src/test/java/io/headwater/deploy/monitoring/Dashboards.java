package io.headwater.deploy.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The chart's dashboards. */
public final class Dashboards {
  private Dashboards() {}

  public static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(Repository.CHART.resolve("dashboards"))) {
      return files.sorted().toList();
    }
  }

  /** Every query of every panel and annotation, its variables as Grafana would set them. */
  public static List<String> queries(Path dashboard, String run) throws IOException {
    List<String> queries =
        read(dashboard).findValues("expr").stream()
            .map(
                expression ->
                    expression
                        .asText()
                        .replace("$run", run)
                        .replace("$namespace", ".*")
                        .replace("$__rate_interval", "10s")
                        .replace("$__interval", "10s")
                        .replace("$__range", "30s"))
            .toList();
    for (String query : queries) {
      if (query.replace("\"$1\"", "").contains("$")) {
        throw new IllegalStateException("Cannot ask " + query + ": it has another variable");
      }
    }
    return queries;
  }

  static JsonNode read(Path dashboard) throws IOException {
    return new ObjectMapper().readTree(dashboard.toFile());
  }
}
