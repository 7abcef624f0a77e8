package io.headwater.deploy.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Who is told of alerts, on one machine. */
class AlertmanagerTest {
  private static final Path FOLDER = Repository.ROOT.resolve("deploy/prometheus");
  private static final Path AMTOOL = Path.of("/usr/bin/amtool");

  @Test
  void alertmanagerAcceptsIt() throws Exception {
    assumeTrue(
        Files.isExecutable(AMTOOL), "Debian's package prometheus-alertmanager is not installed");
    Process process =
        new ProcessBuilder(
                AMTOOL.toString(), "check-config", FOLDER.resolve("alertmanager.yml").toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  @Test
  void everyRouteHasItsReceiverAndEveryNamedAlertItsRule() throws IOException {
    JsonNode configuration = read(FOLDER.resolve("alertmanager.yml"));
    Set<String> receivers = new TreeSet<>(configuration.path("receivers").findValuesAsText("name"));
    assertThat(configuration.path("route").findValuesAsText("receiver"))
        .hasSizeGreaterThan(1)
        .allMatch(receivers::contains);

    List<String> rules =
        read(Repository.CHART.resolve("rules/headwater.yaml")).findValuesAsText("alert");
    List<String> named = new ArrayList<>();
    for (JsonNode matchers : configuration.path("inhibit_rules").findValues("source_matchers")) {
      matchers.forEach(matcher -> named.add(matcher.asText().replace("alertname = ", "")));
    }
    assertThat(named).isNotEmpty().allMatch(rules::contains);
  }

  @Test
  void prometheusSendsAlertsWhereAlertmanagerListens() throws IOException {
    assertThat(
            read(FOLDER.resolve("prometheus.yml"))
                .at("/alerting/alertmanagers/0/static_configs/0/targets/0")
                .asText())
        .isEqualTo("127.0.0.1:9093"); // its own default port
  }

  private static JsonNode read(Path file) throws IOException {
    return new YAMLMapper().readTree(file.toFile());
  }
}
