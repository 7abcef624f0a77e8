package io.headwater.deploy.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.deploy.StrictManifests;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two workers of 4608Mi start together or not at all. */
class GangSchedulingTest {
  @Test
  void volcanoHoldsTheWorkersInAGroup() throws IOException {
    List<JsonNode> objects = render("volcano");
    JsonNode group = Chart.find(objects, "PodGroup", "r-workers").path("spec");
    assertThat(group.toString())
        .isEqualTo("{\"minMember\":2,\"minResources\":{\"memory\":\"9216Mi\"},\"queue\":\"q\"}");
    JsonNode worker = worker(objects);
    assertThat(worker.at("/spec/schedulerName").asText()).isEqualTo("volcano");
    assertThat(annotation(worker, "scheduling.k8s.io/group-name")).isEqualTo("r-workers");
    assertThat(driver(objects).at("/spec/schedulerName").isMissingNode()).isTrue();
  }

  @Test
  void yunikornLearnsTheGroupFromTheDriver() throws IOException {
    List<JsonNode> objects = render("yunikorn");
    JsonNode driver = driver(objects);
    JsonNode worker = worker(objects);
    for (JsonNode pod : List.of(driver, worker)) {
      assertThat(pod.at("/spec/schedulerName").asText()).isEqualTo("yunikorn");
      assertThat(pod.at("/metadata/labels/applicationId").asText()).isEqualTo("r");
      assertThat(pod.at("/metadata/labels/queue").asText()).isEqualTo("q");
    }
    String groups = annotation(driver, "yunikorn.apache.org/task-groups");
    JsonNode group = new ObjectMapper().readTree(groups).path(0);
    assertThat(group.path("minMember").asInt()).isEqualTo(2);
    assertThat(group.at("/minResource/memory").asText()).isEqualTo("4608Mi");
    assertThat(annotation(worker, "yunikorn.apache.org/task-group-name"))
        .isEqualTo(group.path("name").asText());
  }

  @Test
  void kueueAdmitsTheDriverThenTheWorkersAsOne() throws IOException {
    List<JsonNode> objects = render("kueue");
    JsonNode job = Chart.find(objects, "Job", "r-pretrain");
    JsonNode worker = worker(objects);
    for (JsonNode queued : List.of(job, worker)) {
      assertThat(queued.at("/metadata/labels/kueue.x-k8s.io~1queue-name").asText()).isEqualTo("q");
    }
    assertThat(worker.at("/metadata/labels/kueue.x-k8s.io~1pod-group-name").asText())
        .isEqualTo("r-workers");
    assertThat(annotation(worker, "kueue.x-k8s.io/pod-group-total-count")).isEqualTo("2");
  }

  @Test
  void refusesAGangOfNone() {
    assertThatThrownBy(
            () ->
                Chart.render(
                    Map.of("scheduling.backend", "volcano", "spark.master", "spark://host:7077")))
        .hasMessageContaining("there are no executor pods to start together");
  }

  private static List<JsonNode> render(String backend) throws IOException {
    return Chart.render(Map.of("scheduling.backend", backend, "scheduling.queue", "q"));
  }

  private static JsonNode driver(List<JsonNode> objects) {
    return Chart.find(objects, "Job", "r-pretrain").at("/spec/template");
  }

  private static JsonNode worker(List<JsonNode> objects) throws IOException {
    String template = Chart.configuration(objects).at("/data/executor.yaml").asText();
    return StrictManifests.documents(template).get(0);
  }

  private static String annotation(JsonNode pod, String name) {
    return pod.path("metadata").path("annotations").path(name).asText();
  }
}
