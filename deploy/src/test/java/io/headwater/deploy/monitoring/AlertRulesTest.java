package io.headwater.deploy.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class AlertRulesTest {
  private static final Pattern DASHBOARD =
      Pattern.compile("/d/([\\w-]+)\\?var-run=\\{\\{ \\$labels\\.run }}");
  private static final Path PROMETHEUS = Repository.ROOT.resolve("deploy/prometheus");

  @Test
  void prometheusAcceptsRulesAndConfiguration() throws Exception {
    Promtool.succeeds("check", "rules", AlertRules.FILE.toString());
    Promtool.succeeds("check", "config", PROMETHEUS.resolve("prometheus.yml").toString());
  }

  @Test
  void everyAlertFiresAndStaysSilentAsItsTestsSay() throws Exception {
    Promtool.succeeds("test", "rules", PROMETHEUS.resolve("rules_test.yml").toString());
  }

  @Test
  void everyAlertIsTestedBothWays() throws IOException {
    Set<String> fires = new TreeSet<>();
    Set<String> silent = new TreeSet<>();
    JsonNode tests = new YAMLMapper().readTree(PROMETHEUS.resolve("rules_test.yml").toFile());
    for (JsonNode test : tests.path("tests")) {
      for (JsonNode expected : test.path("alert_rule_test")) {
        Set<String> kind = expected.path("exp_alerts").isEmpty() ? silent : fires;
        kind.add(expected.path("alertname").asText());
      }
    }
    assertThat(fires).containsExactlyInAnyOrderElementsOf(names());
    assertThat(silent).containsExactlyInAnyOrderElementsOf(names()).hasSizeGreaterThan(15);
  }

  @Test
  void everyAlertHasASeverityARunbookAndADashboard() throws IOException {
    String runbooks = Files.readString(Repository.ROOT.resolve("docs/runbooks.md"));
    for (JsonNode alert : AlertRules.alerts()) {
      String name = alert.path("alert").asText();
      assertThat(alert.at("/labels/severity").asText()).as(name).isIn("critical", "warning");
      assertThat(alert.at("/annotations/summary").asText()).as(name).contains("$labels.run");
      assertThat(alert.at("/annotations/description").asText()).as(name).isNotBlank();
      assertThat(alert.at("/annotations/runbook_url").asText())
          .isEqualTo("docs/runbooks.md#" + name.toLowerCase(Locale.ROOT));
      assertThat(section(runbooks, name))
          .as(name)
          .contains("**Meaning**", "**Impact**", "**Diagnosis**", "**Mitigation**");
      Matcher dashboard = DASHBOARD.matcher(alert.at("/annotations/dashboard_url").asText());
      assertThat(dashboard.matches()).as("dashboard of %s", name).isTrue();
      assertThat(Repository.CHART.resolve("dashboards/" + dashboard.group(1) + ".json")).exists();
    }
  }

  /** Those whose condition looks back itself, or with which the run ends. */
  @Test
  void everyOtherAlertWaitsBeforeItFires() throws IOException {
    assertThat(AlertRules.alerts())
        .filteredOn(alert -> !alert.has("for"))
        .extracting(alert -> alert.path("alert").asText())
        .containsExactlyInAnyOrder(
            "HeadwaterLossNonFinite",
            "HeadwaterCheckpointFailing",
            "HeadwaterWorkerRestartLoop",
            "HeadwaterGpuXid");
  }

  @Test
  void rulesNameOnlyMetricsThatTheCodeHas() throws IOException {
    assertThat(KnownMetrics.ofTheCode())
        .containsAll(KnownMetrics.in(Files.readString(AlertRules.FILE)));
  }

  private static String section(String page, String name) {
    int start = page.indexOf("\n## " + name + "\n");
    assertThat(start).as("section of %s", name).isPositive();
    int end = page.indexOf("\n## ", start + 1);
    return end < 0 ? page.substring(start) : page.substring(start, end);
  }

  private static Set<String> names() throws IOException {
    return AlertRules.conditions().keySet();
  }
}
