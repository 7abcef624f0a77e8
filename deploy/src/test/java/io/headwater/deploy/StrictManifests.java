package io.headwater.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads manifests into fabric8's models. Those keep fields that they do not know; here such a field
 * is an error, as it is one at an API server that validates.
 */
public final class StrictManifests {
  private static final KubernetesSerialization KINDS = new KubernetesSerialization();

  /** Of whose kinds fabric8 has no models in its client. */
  private static final Map<String, Class<? extends KubernetesResource>> OWN =
      Map.of(
          VolcanoPodGroup.VERSION, VolcanoPodGroup.class,
          KubeflowApplication.VERSION, KubeflowApplication.class,
          ApacheApplication.VERSION, ApacheApplication.class);

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final ObjectMapper STRICT =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .setAnnotationIntrospector(new NoCatchAll());

  private StrictManifests() {}

  /** The documents of a YAML stream that hold an object. */
  public static List<JsonNode> documents(String yaml) throws IOException {
    List<JsonNode> objects = new ArrayList<>();
    try (MappingIterator<JsonNode> documents = YAML.readerFor(JsonNode.class).readValues(yaml)) {
      while (documents.hasNextValue()) {
        JsonNode document = documents.nextValue();
        if (document != null && document.hasNonNull("kind")) {
          objects.add(document);
        }
      }
    }
    return objects;
  }

  /**
   * Reads an object.
   *
   * @throws JsonProcessingException if a field is unknown or has a wrong type
   * @throws AssertionError if its kind is unknown
   */
  public static KubernetesResource parse(JsonNode object) throws JsonProcessingException {
    String version = object.path("apiVersion").asText();
    String kind = object.path("kind").asText();
    Class<? extends KubernetesResource> type =
        OWN.containsKey(version)
            ? OWN.get(version)
            : KINDS.getRegisteredKubernetesResource(version, kind);
    if (type == null) {
      throw new AssertionError("no such kind: " + version + " " + kind);
    }
    return STRICT.treeToValue(object, type);
  }

  private static final class NoCatchAll extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public Boolean hasAnySetter(Annotated annotated) {
      return false;
    }
  }
}
