package io.headwater.deploy.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that cannot work are refused before anything reaches the cluster. */
class ChartRefusalTest {
  @ParameterizedTest
  @CsvSource({
    "parameterServer.shrads, 3, shrads",
    "parameterServer.shards, -1, shards",
    "parameterServer.replicas, 9, replicas",
    "parameterServer.heap, 2g, heap",
    "parameterServer.port, 80, port",
    "driver.memory, 2Gi, memory",
    "worker.gpus, many, gpus",
    "image.pullPolicy, Sometimes, pullPolicy",
    "image.digest, latest, digest",
    "stage, train, stage",
    "run.metrics.port, 9400, run",
    "run.training.wrokers, 2, wrokers",
    "run.training.workers, 0, workers",
    "run.model.presset, gpt-nano, presset",
    "run.parameter-server.port, 40400, port",
    "run.security.frames, none, security",
    "worker.affinity.podAfinity.x, y, podAfinity",
    "spark.master, yarn, master",
    "monitoring.serviceMonitor.enable, true, enable",
    "networkPolicy.egressPorts, all, egressPorts",
    "parameterServer.answerPorts.first, 80, first",
    "commonLabels.team, 7, commonLabels",
    "logFormat, xml, logFormat",
    "submit.mode, cronjob, mode",
    "fineTune.device, gpu, device",
    "driver.gpus, all, gpus",
  })
  void theSchemaRefuses(String key, String value, String named) {
    assertThatThrownBy(() -> Chart.render(Map.of(key, value)))
        .hasMessageContaining("values don't meet the specifications of the schema")
        .hasMessageContaining(named);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run.model.preset | word2vec | Cannot use run.training.steps with run.model.preset: word2vec",
        "run.model.preset | fasttext | set it to null",
        "parameterServer.shards | 0 | Cannot run with parameterServer.shards: 0 at spark.master",
        "parameterServer.sharedMemory | 32Mi | give at least 48Mi",
        "worker.sharedMemory | 64Mi | (2 workers and 2 shards of 1 replicas need 74Mi for Aeron's logs)",
        "run.training.device | cuda:0 | Cannot run on run.training.device: cuda:0 with worker.gpus: 0",
        "worker.gpus | 1 | Cannot use worker.gpus: 1 with run.training.device: cpu",
        "run.corpus | /data/corpus | give storage.existingClaim and a path under storage.mountPath",
        "run.output | models | Cannot use the path models",
        "stage | ingest | Cannot run stage: ingest without ingest.inputs",
        "stage | fine-tune | without fineTune.checkpoint",
        "spark.conf.spark\\.dynamicAllocation\\.enabled | true | last as long as the run",
        "spark.conf.spark\\.hadoop\\.fs\\.s3a\\.secret\\.key | x | storage.existingSecret",
        "spark.conf.spark\\.executor\\.memory | 9g | the chart sets it",
        "spark.conf.master | x | begin with spark.",
        "job.enabled | false | submit.mode: none",
        "spark.conf.spark\\.driver\\.memory | 9g | the chart sets it",
        "driver.gpus | 1 | (the driver does not train there); give worker.gpus, or 0",
        "scheduling.backend | kueue | give the name of a LocalQueue",
        "parameterServer.answerPorts.last | 29003 | with 2 shards of 1 replicas (a pod takes up to four for each); give at least 9",
        "parameterServer.hostNetwork | true | Cannot use parameterServer.hostNetwork with networkPolicy.enabled",
      })
  void combinationsThatCannotWorkAreRefused(String key, String value, String message) {
    assertThatThrownBy(() -> Chart.render(Map.of(key, value))).hasMessageContaining(message);
  }

  @Test
  void gloveTrainsOverShardsAsOtherWordVectors() throws IOException {
    assertThat(
            Chart.render(
                Repository.CHART.resolve("ci/word-vectors-values.yaml"),
                Map.of("run.model.preset", "glove")))
        .anyMatch(object -> object.path("kind").asText().equals("StatefulSet"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "minimal | submit.mode | sparkOperator | Cannot use submit.mode: sparkOperator at spark.master: local[2], stage: pretrain",
        "fine-tune | submit.mode | apacheOperator | stage: fine-tune (an operator starts drivers whose workers are executor pods",
        "airgapped | submit.mode | sparkOperator | set it to job",
        "minimal | run.training.device | cuda:0 | Cannot run on run.training.device: cuda:0 with driver.gpus: 0",
        "minimal | driver.gpus | 1 | Cannot use driver.gpus: 1 with run.training.device: cpu",
        "fine-tune | fineTune.device | cuda:0 | Cannot run on fineTune.device: cuda:0 with driver.gpus: 0",
        "fine-tune | driver.gpus | 2 | set fineTune.device to cuda:0",
        "ingest | driver.gpus | 1 | (the driver does not train there)",
      })
  void combinationsOfAnExampleThatCannotWorkAreRefused(
      String example, String key, String value, String message) {
    Path file = Repository.CHART.resolve("ci/" + example + "-values.yaml");
    assertThatThrownBy(() -> Chart.render(file, Map.of(key, value))).hasMessageContaining(message);
  }

  @Test
  void theDefaultsRender() throws IOException {
    assertThat(Chart.render(Map.of()))
        .anyMatch(object -> object.path("kind").asText().equals("Job"));
  }

  @Test
  void aDriverThatOthersSubmitHasNoJob() throws IOException {
    assertThat(Chart.render(Map.of("submit.mode", "none")))
        .noneMatch(object -> object.path("kind").asText().equals("Job"))
        .anyMatch(object -> object.path("kind").asText().equals("StatefulSet"));
  }
}
