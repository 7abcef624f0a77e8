package io.headwater.corpus.shard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;

/** {@code manifest.json}: the same manifest always gives the same bytes. */
final class ManifestJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .defaultPrettyPrinter(
              new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private ManifestJson() {}

  static byte[] write(CorpusManifest manifest) {
    try {
      return MAPPER.writeValueAsBytes(manifest);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Unknown keys are left alone; an unknown format version is refused. */
  static CorpusManifest read(byte[] json, String file) {
    try {
      JsonNode tree = MAPPER.readTree(json);
      JsonNode version = tree.path("format_version");
      if (!version.isInt() || version.intValue() != CorpusManifest.FORMAT_VERSION) {
        throw new UserException(
            "Cannot read "
                + file
                + ": its format_version is "
                + (version.isMissingNode() ? "missing" : version)
                + ", and this version reads "
                + CorpusManifest.FORMAT_VERSION);
      }
      CorpusManifest manifest = MAPPER.treeToValue(tree, CorpusManifest.class);
      manifest.checkComplete();
      return manifest;
    } catch (IOException | IllegalArgumentException | NullPointerException e) {
      throw new UserException(
          "Cannot read " + file + ": it is no corpus manifest (" + firstLine(e) + ")", e);
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
