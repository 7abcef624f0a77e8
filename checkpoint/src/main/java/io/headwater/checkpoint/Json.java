package io.headwater.checkpoint;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** JSON as the files of a checkpoint use it: a key twice, or text after the end, is an error. */
final class Json {
  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /** Indented, with a final newline; the same tree gives the same bytes. */
  static byte[] pretty(JsonNode tree) {
    try {
      return (MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(tree) + "\n")
          .getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalArgumentException("Cannot write JSON: " + e.getMessage(), e);
    }
  }

  static JsonNode parse(byte[] bytes, Object file) {
    try {
      return MAPPER.readTree(bytes);
    } catch (IOException e) {
      throw new UserException("Cannot read " + file + ": it is not JSON: " + e.getMessage(), e);
    }
  }
}
