package io.headwater.driver.words;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.driver.run.RunState;
import java.util.List;
import java.util.Locale;

/**
 * What a run that trains word vectors did.
 *
 * @param epochs passes that the vectors have had
 * @param vocabularySize words with a vector
 * @param loss of the last epoch, as the family has it; NaN if none was made
 * @param unit what an epoch reads: words or entries
 * @param unitsPerSecond training only, over this process's epochs; NaN if none was made
 * @param bytesPerUnit of rows, to and from parameter shards; NaN if there were none
 * @param seconds all told
 * @param checkpoint the newest
 */
public record EmbeddingReport(
    String runId,
    RunState state,
    int epochs,
    int vocabularySize,
    double loss,
    String unit,
    double unitsPerSecond,
    double bytesPerUnit,
    double seconds,
    String checkpoint) {
  public boolean isComplete() {
    return state == RunState.SUCCEEDED;
  }

  /** As in run.json and with {@code --json}; what is not a number is left out. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("status", state.name().toLowerCase(Locale.ROOT));
    json.put("run_id", runId);
    json.put("epochs", epochs);
    json.put("vocabulary_size", vocabularySize);
    if (Double.isFinite(loss)) {
      json.put("loss", loss);
      json.put(unit + "_per_second", unitsPerSecond);
    }
    if (Double.isFinite(bytesPerUnit)) {
      json.put("wire_bytes_per_" + (unit.equals("words") ? "word" : "entry"), bytesPerUnit);
    }
    json.put("seconds", seconds);
    json.put("checkpoint", checkpoint);
    return json;
  }

  /** For people. */
  public List<String> lines() {
    return List.of(
        String.format(
            Locale.ROOT,
            "%s at epoch %d: %,d words, loss %.4f, %,.0f %s/s, %.1f s",
            isComplete() ? "Done" : "Stopped; --resume goes on,",
            epochs,
            vocabularySize,
            loss,
            unitsPerSecond,
            unit,
            seconds),
        "Checkpoint: " + checkpoint);
  }
}
