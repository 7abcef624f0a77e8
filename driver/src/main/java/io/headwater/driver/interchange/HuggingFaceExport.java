package io.headwater.driver.interchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.PublishedFolder;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.ModelFamily;
import io.headwater.model.PublishedSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A checkpoint written as a folder that {@code transformers} opens: weights, configuration and
 * tokenizer, without manifest and training state.
 *
 * @param architecture the class that opens it
 */
public record HuggingFaceExport(String architecture, long parameters, String output) {
  /** Our own key of config.json: tokens that a task model reads of a text. */
  static final String MAX_LENGTH = "headwater_max_length";

  private static final JsonMapper MAPPER = new JsonMapper();

  /**
   * Writes the folder, whole or not at all.
   *
   * @throws UserException if the checkpoint is damaged, not of a family that {@code transformers}
   *     has, or something is at the output
   */
  public static HuggingFaceExport run(String checkpoint, String output) {
    PublishedFolder.requireWritable(output);
    try (Checkpoint source = Checkpoint.open(checkpoint)) {
      ModelFamily family = family(source);
      checkLayout(family, source);
      ObjectNode config = source.config().deepCopy();
      Map<String, byte[]> files = new TreeMap<>();
      source
          .tokenizer()
          .ifPresent(
              json -> {
                int longest = config.path(MAX_LENGTH).asInt(family.contextLength(config));
                ExportedTokenizer tokenizer =
                    ExportedTokenizer.of(family.name(), config, json, longest);
                config.setAll(tokenizer.ids());
                files.put("tokenizer.json", tokenizer.json());
                files.put("tokenizer_config.json", pretty(tokenizer.settings()));
              });
      files.put("config.json", pretty(config));
      PublishedFolder.write(output, source.layout(), source::readWeights, files);
      return new HuggingFaceExport(
          config.path("architectures").path(0).asText(), source.layout().elements(), output);
    }
  }

  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("status", "succeeded");
    json.put("architecture", architecture);
    json.put("parameters", parameters);
    json.put("output", output);
    return json;
  }

  /** The same for people. */
  public List<String> lines() {
    return List.of(
        String.format(Locale.ROOT, "%s of %,d parameters in %s", architecture, parameters, output));
  }

  private static ModelFamily family(Checkpoint source) {
    return ModelFamily.ALL.stream()
        .filter(family -> family.reads(source.config()))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "Cannot export "
                        + source.directory()
                        + ": transformers has no model of type "
                        + source.config().path("model_type").asText("(none)")
                        + " (word vectors need a --format of theirs)"));
  }

  private static void checkLayout(ModelFamily family, Checkpoint source) {
    Map<String, List<Long>> shapes = shapes(source.layout());
    Map<String, List<Long>> published =
        shapes(family.published(new PublishedSource(source.config(), shapes, Map.of())).layout());
    if (!shapes.equals(published)) {
      throw new UserException(
          "Cannot export "
              + source.directory()
              + ": its tensors are not those of a "
              + source.config().path("architectures").path(0).asText()
              + " of its config.json");
    }
  }

  private static Map<String, List<Long>> shapes(TensorLayout layout) {
    return layout.entries().stream()
        .collect(Collectors.toMap(TensorLayout.Entry::name, TensorLayout.Entry::shape));
  }

  private static byte[] pretty(JsonNode tree) {
    try {
      return (MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(tree) + "\n")
          .getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
