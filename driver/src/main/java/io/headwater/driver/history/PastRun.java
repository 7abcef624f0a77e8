package io.headwater.driver.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.status.StatusFile;
import io.headwater.driver.status.StatusReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A run as its folder tells of it, past or still going on.
 *
 * @param record the content of run.json
 * @param status that of status.json, where the run keeps one
 */
public record PastRun(Path folder, JsonNode record, Optional<StatusReport> status) {
  private static final String RECORD = "run.json";
  private static final String METRICS = "metrics.jsonl";
  private static final List<String> SPEEDS = List.of("tokens_per_second", "words_per_second");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(RECORD));
  }

  /**
   * Reads a run's folder.
   *
   * @throws UserException if it is none, or its record is damaged
   */
  public static PastRun read(Path folder) {
    Path file = folder.resolve(RECORD);
    if (!isIn(folder)) {
      throw new UserException("Cannot read the run of " + folder + ": there is no " + RECORD);
    }
    try {
      JsonNode record = MAPPER.readTree(file.toFile());
      if (!record.isObject()) {
        throw new UserException("Cannot read " + file + ": it is no JSON object");
      }
      return new PastRun(folder, record, StatusFile.read(folder));
    } catch (IOException e) {
      throw new UserException("Cannot read " + file + ": it is no JSON object", e);
    }
  }

  public String id() {
    return record.path("run_id").asText();
  }

  /** When its last process began. */
  public String started() {
    return record.path("started").asText();
  }

  /**
   * What became of it: as in run.json, a state of a run that goes on, or {@code lost} where its
   * process is gone without a word.
   */
  public String state(Instant now) {
    return status
        .filter(report -> !report.isOver())
        .map(report -> report.isStale(now) ? "lost" : report.state())
        .orElse(record.at("/results/status").asText());
  }

  /** For a list, with {@code --json} too; what is not known is left out. */
  public ObjectNode summary(Instant now) {
    ObjectNode summary = JsonNodeFactory.instance.objectNode();
    summary.put("run_id", id());
    summary.put("state", state(now));
    summary.put("stage", record.path("stage").asText());
    summary.put("model", preset());
    JsonNode results = record.path("results");
    NavigableMap<Long, Double> losses = losses();
    long step = results.path("steps").asLong(results.path("epochs").asLong());
    summary.put("steps", losses.isEmpty() ? step : Math.max(step, losses.lastKey()));
    if (results.path("final_loss").isNumber()) {
      summary.set("loss", results.path("final_loss"));
    } else if (!losses.isEmpty()) {
      summary.put("loss", losses.lastEntry().getValue());
    }
    for (String speed : SPEEDS) {
      if (results.path(speed).isNumber()) {
        summary.set("tokens_per_second", results.path(speed));
      }
    }
    if (results.path("seconds").isNumber()) {
      summary.set("seconds", results.path("seconds"));
    }
    summary.put("started", started());
    summary.put("folder", folder.toString());
    return summary;
  }

  private String preset() {
    JsonNode configuration = record.path("configuration");
    String preset = configuration.at("/model/preset").asText();
    if (!preset.isEmpty()) {
      return preset;
    }
    String type = configuration.at("/model/type").asText();
    return type.isEmpty() ? configuration.path("method").asText() : type; // of a task model
  }

  /** Loss by step, for the steps that metrics.jsonl has a line of. */
  public NavigableMap<Long, Double> losses() {
    NavigableMap<Long, Double> losses = new TreeMap<>();
    Path metrics = folder.resolve(METRICS);
    if (!Files.isRegularFile(metrics)) {
      return losses;
    }
    try {
      for (String line : Files.readAllLines(metrics)) {
        putLoss(line, losses);
      }
    } catch (IOException e) {
      throw new UserException(
          String.format(Locale.ROOT, "Cannot read %s: %s", metrics, e.getMessage()), e);
    }
    return losses;
  }

  /** The last line of a killed process may be cut short. */
  private static void putLoss(String line, NavigableMap<Long, Double> losses) {
    try {
      JsonNode step = MAPPER.readTree(line);
      if (step.path("step").isIntegralNumber() && step.path("loss").isNumber()) {
        losses.put(step.path("step").asLong(), step.path("loss").asDouble());
      }
    } catch (JsonProcessingException e) {
      return;
    }
  }
}
