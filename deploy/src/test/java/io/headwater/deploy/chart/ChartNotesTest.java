package io.headwater.deploy.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the chart tells after an installation is true of what it has made. */
class ChartNotesTest {
  private static final Pattern FORWARD =
      Pattern.compile("kubectl port-forward -n ns service/(\\S+) (\\d+)\n");
  private static final Pattern DASHBOARD = Pattern.compile("begin with (headwater-\\w+)");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "full | 4 workers, 3 parameter shards, each with 1 standby | fineTune.checkpoint hdfs:///models/gpt-mini/step-",
        "ingest | the corpus will be in hdfs:///corpora/articles | run.corpus hdfs:///corpora/articles",
        "fine-tune | the task model will be in /data/tasks/topics | --checkpoint /data/tasks/topics",
        "spark-operator | 4 workers | kubectl get sparkapplications.sparkoperator.k8s.io -n ns",
        "apache-operator | 2 workers | kubectl get sparkapplications.spark.apache.org -n ns",
      })
  void theyNameWhatIsMadeAndWhatComesNext(String example, String made, String next)
      throws IOException {
    Path file = Repository.CHART.resolve("ci/" + example + "-values.yaml");
    String notes = Chart.notes(file, Map.of());
    assertThat(notes).contains(made, next, "helm test r -n ns", "kubectl logs -f -n ns -l app");
    Matcher forward = FORWARD.matcher(notes);
    assertThat(forward.find()).isTrue();
    JsonNode service = Chart.find(Chart.render(file), "Service", forward.group(1));
    assertThat(service.at("/spec/ports/0/port").asText()).isEqualTo(forward.group(2));
    assertThat(notes).contains("http://localhost:" + forward.group(2) + "/");
  }

  @ParameterizedTest
  @CsvSource({"full", "ingest", "fine-tune"})
  void theyNameADashboardThatIsThere(String example) throws IOException {
    Path file = Repository.CHART.resolve("ci/" + example + "-values.yaml");
    String notes = Chart.notes(file, Map.of("monitoring.dashboards.enabled", true));
    Matcher named = DASHBOARD.matcher(notes);
    assertThat(named.find()).isTrue();
    assertThat(Repository.CHART.resolve("dashboards/" + named.group(1) + ".json"))
        .satisfies(dashboard -> assertThat(Files.exists(dashboard)).isTrue());
  }

  @Test
  void whoStartsTheDriverIsToldHow() throws IOException {
    Path values = Repository.CHART.resolve("values.yaml");
    String notes = Chart.notes(values, Map.of("submit.mode", "none"));
    JsonNode job = Chart.find(Chart.render(Map.of()), "Job", "r-");
    StringBuilder line = new StringBuilder();
    job.at("/spec/template/spec/containers/0/args")
        .forEach(argument -> line.append(' ').append(argument.asText()));
    assertThat(notes).contains(line.substring(1)).doesNotContain("helm test", "port-forward");
  }

  @Test
  void theyWarnOfWhatIsWeak() throws IOException {
    Path values = Repository.CHART.resolve("values.yaml");
    assertThat(Chart.notes(values, Map.of("networkPolicy.enabled", false, "submit.retries", 0)))
        .contains(
            List.of(
                "WARNING: networkPolicy.enabled is false",
                "WARNING: security.existingSecret is empty",
                "NOTE: parameterServer.replicas is 1",
                "WARNING: submit.retries is 0"));
  }
}
