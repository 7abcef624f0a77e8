package io.headwater.deploy;

import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/** Volcano's PodGroup: the fields that we use. */
@JsonDeserialize(using = JsonDeserializer.None.class) // fabric8's own looks for its models
record VolcanoPodGroup(String apiVersion, String kind, ObjectMeta metadata, Spec spec)
    implements KubernetesResource {
  static final String VERSION = "scheduling.volcano.sh/v1beta1";

  record Spec(
      int minMember,
      Map<String, Integer> minTaskMember,
      Map<String, Quantity> minResources,
      String queue,
      String priorityClassName) {}
}
