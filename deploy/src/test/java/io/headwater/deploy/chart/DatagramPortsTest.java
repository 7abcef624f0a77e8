package io.headwater.deploy.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.deploy.PodSpecs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pods use the UDP ports that the policies let through. */
class DatagramPortsTest {
  private static final Map<String, Object> VALUES =
      Map.of(
          "parameterServer.port", 20100,
          "parameterServer.coordinatorPort", 20200,
          "parameterServer.answerPorts.first", 20300,
          "parameterServer.answerPorts.last", 20399);

  @ParameterizedTest
  @ValueSource(strings = {"r-ps", "r-run"})
  void policiesAllowNoOtherDatagramsAmongTheRunsPods(String name) throws IOException {
    JsonNode policy = Chart.find(Chart.render(VALUES), "NetworkPolicy", name).path("spec");
    List<String> allowed = List.of("20100-20102", "20200-20201", "20300-20399");
    assertThat(datagrams(policy.path("ingress"))).containsExactlyInAnyOrderElementsOf(allowed);
    List<String> names = new ArrayList<>(allowed);
    names.add("53-53");
    assertThat(datagrams(policy.path("egress"))).containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void allProcessesCallFromTheChosenPorts() throws IOException {
    List<JsonNode> objects = Chart.render(VALUES);
    String flag = "-Dheadwater.udp-ports=20300-20399";
    Map<String, JsonNode> pods = PodSpecs.of(objects);
    pods.keySet().removeIf(name -> name.startsWith("Pod ") || name.startsWith("ConfigMap "));
    assertThat(pods).hasSizeGreaterThan(2);
    pods.forEach(
        (name, pod) ->
            assertThat(PodSpecs.environment(pod.at("/containers/0"), "HEADWATER_JAVA_OPTS"))
                .as(name)
                .contains(flag));
    String spark = Chart.configuration(objects).at("/data/spark.properties").asText();
    assertThat(spark).containsPattern("spark[.]executor[.]extraJavaOptions .*" + flag);
  }

  @Test
  void shardsUseTheNodesNetworkWhereAskedTo() throws IOException {
    List<JsonNode> objects =
        Chart.render(Map.of("parameterServer.hostNetwork", true, "networkPolicy.enabled", false));
    JsonNode pod = Chart.find(objects, "StatefulSet", "r-ps-0").at("/spec/template/spec");
    assertThat(pod.path("hostNetwork").asBoolean()).isTrue();
    assertThat(pod.path("dnsPolicy").asText()).isEqualTo("ClusterFirstWithHostNet");
    assertThat(pod.at("/containers/0/ports")).hasSizeGreaterThanOrEqualTo(4);
    JsonNode run = Chart.find(objects, "Job", "r-pretrain").at("/spec/template/spec");
    assertThat(run.has("hostNetwork")).isFalse();
  }

  private static List<String> datagrams(JsonNode rules) {
    List<String> ranges = new ArrayList<>();
    for (JsonNode rule : rules) {
      for (JsonNode port : rule.path("ports")) {
        if (port.path("protocol").asText().equals("UDP")) {
          int first = port.path("port").asInt();
          ranges.add(first + "-" + port.path("endPort").asInt(first));
        }
      }
    }
    return ranges;
  }
}
