package io.headwater.deploy.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The chart's alerts. */
public final class AlertRules {
  static final Path FILE = Repository.CHART.resolve("rules/headwater.yaml");

  private AlertRules() {}

  static List<JsonNode> alerts() throws IOException {
    List<JsonNode> alerts = new ArrayList<>();
    for (JsonNode group : new YAMLMapper().readTree(FILE.toFile()).path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        if (rule.has("alert")) {
          alerts.add(rule);
        }
      }
    }
    return alerts;
  }

  /** The condition of each alert, by its name. */
  public static Map<String, String> conditions() throws IOException {
    Map<String, String> conditions = new TreeMap<>();
    for (JsonNode alert : alerts()) {
      conditions.put(alert.path("alert").asText(), alert.path("expr").asText());
    }
    return conditions;
  }
}
