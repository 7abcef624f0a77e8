package io.headwater.deploy;

import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.List;
import java.util.Map;

/**
 * SparkApplication of Kubeflow's operator: the fields that we use, as its CRD of 2.x types them.
 */
@JsonDeserialize(using = JsonDeserializer.None.class) // fabric8's own looks for its models
record KubeflowApplication(String apiVersion, String kind, ObjectMeta metadata, Spec spec)
    implements KubernetesResource {
  static final String VERSION = "sparkoperator.k8s.io/v1beta2";

  record Spec(
      String type,
      String mode,
      String sparkVersion,
      String mainClass,
      String mainApplicationFile,
      List<String> arguments,
      Map<String, String> sparkConf,
      RestartPolicy restartPolicy,
      int timeToLiveSeconds,
      Part driver,
      Part executor) {}

  record RestartPolicy(
      String type,
      int onFailureRetries,
      int onFailureRetryInterval,
      int onSubmissionFailureRetries,
      int onSubmissionFailureRetryInterval) {}

  /** Driver or executors. */
  record Part(PodTemplateSpec template) {}
}
