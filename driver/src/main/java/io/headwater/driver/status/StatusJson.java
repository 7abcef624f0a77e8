package io.headwater.driver.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code status.json} to a report and back; keys that a reader does not know are passed over. */
public final class StatusJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private StatusJson() {}

  public static ObjectNode of(StatusReport report) {
    return MAPPER.valueToTree(report);
  }

  static byte[] bytes(StatusReport report) {
    try {
      return MAPPER.writeValueAsBytes(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Throws if the text is no report. */
  static StatusReport parse(String text) throws JsonProcessingException {
    StatusReport report = MAPPER.readValue(text, StatusReport.class);
    if (report == null || report.runId() == null || report.progress() == null) {
      throw new JsonMappingException(null, "no status of a run");
    }
    return report;
  }
}
