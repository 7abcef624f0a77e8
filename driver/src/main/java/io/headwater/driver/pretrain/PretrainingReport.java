package io.headwater.driver.pretrain;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.driver.run.RunState;

/**
 * What a run did.
 *
 * @param state SUCCEEDED or STOPPED
 * @param steps updates that the weights have had
 * @param tokens trained on by this process
 * @param firstLoss of the run's first step, nats; NaN if no step was made
 * @param finalLoss mean over the last tenth of this process's steps, at most 100, nats; NaN if none
 * @param tokensPerSecond over this process's steps but the first, which includes the start
 * @param seconds all told
 * @param checkpoint the newest
 */
public record PretrainingReport(
    String runId,
    RunState state,
    long steps,
    long tokens,
    double firstLoss,
    double finalLoss,
    double tokensPerSecond,
    double seconds,
    String checkpoint) {
  public boolean isComplete() {
    return state == RunState.SUCCEEDED;
  }

  /** As in run.json and with {@code --json}; what is not a number is left out. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("status", state.label());
    json.put("run_id", runId);
    json.put("steps", steps);
    json.put("tokens", tokens);
    putFinite(json, "first_loss", firstLoss);
    putFinite(json, "final_loss", finalLoss);
    putFinite(json, "tokens_per_second", tokensPerSecond);
    json.put("seconds", seconds);
    json.put("checkpoint", checkpoint);
    return json;
  }

  private static void putFinite(ObjectNode json, String name, double value) {
    if (Double.isFinite(value)) {
      json.put(name, value);
    }
  }
}
