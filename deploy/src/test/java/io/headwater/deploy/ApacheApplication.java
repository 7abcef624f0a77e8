package io.headwater.deploy;

import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.List;
import java.util.Map;

/** SparkApplication of Apache Spark's operator: the fields that we use, as its CRD types them. */
@JsonDeserialize(using = JsonDeserializer.None.class) // fabric8's own looks for its models
record ApacheApplication(String apiVersion, String kind, ObjectMeta metadata, Spec spec)
    implements KubernetesResource {
  static final String VERSION = "spark.apache.org/v1";

  record Spec(
      String mainClass,
      List<String> driverArgs,
      String deploymentMode,
      RuntimeVersions runtimeVersions,
      Tolerations applicationTolerations,
      Map<String, String> sparkConf,
      Part driverSpec,
      Part executorSpec) {}

  record RuntimeVersions(String sparkVersion, String scalaVersion, String jdkVersion) {}

  record Tolerations(
      RestartConfig restartConfig,
      TimeoutConfig applicationTimeoutConfig,
      long ttlAfterStopMillis) {}

  record RestartConfig(String restartPolicy, int maxRestartAttempts, long restartBackoffMillis) {}

  record TimeoutConfig(
      long driverStartTimeoutMillis,
      long driverReadyTimeoutMillis,
      long forceTerminationGracePeriodMillis) {}

  /** Driver or executors. */
  record Part(PodTemplateSpec podTemplateSpec) {}
}
