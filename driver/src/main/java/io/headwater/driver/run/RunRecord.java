package io.headwater.driver.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.time.Instant;

/** Writes run.json: what was asked for, on what data, with what program, and what came out. */
public final class RunRecord {
  private final RunFolder folder;
  private final String stage;
  private final String runId;
  private final ObjectNode asked;
  private final Instant started = Instant.now();

  /**
   * @param stage pretrain or finetune
   * @param asked {@code configuration}, and what is known of data and model, by name
   */
  public RunRecord(RunFolder folder, String stage, String runId, ObjectNode asked) {
    this.folder = folder;
    this.stage = stage;
    this.runId = runId;
    this.asked = asked;
  }

  /** Before anything can go wrong: what a process that is killed leaves behind. */
  public void writeStart(long step) {
    ObjectNode results = JsonNodeFactory.instance.objectNode();
    results.put("status", RunState.STARTING.label());
    results.put("steps", step);
    ObjectNode run = record(results);
    run.remove("ended");
    folder.writeRun(run);
  }

  public void write(ObjectNode results) {
    folder.writeRun(record(results));
  }

  /** Writes what went wrong; where that cannot be written either, the failure itself says more. */
  public void writeFailure(RuntimeException failure, long step) {
    ObjectNode results = JsonNodeFactory.instance.objectNode();
    results.put("status", RunState.FAILED.label());
    results.put("steps", step);
    results.put("error", String.valueOf(failure.getMessage()));
    try {
      folder.writeRun(record(results));
    } catch (UncheckedIOException e) {
      failure.addSuppressed(e);
    }
  }

  private ObjectNode record(ObjectNode results) {
    BuildInfo build = BuildInfo.current();
    ObjectNode run = JsonNodeFactory.instance.objectNode();
    run.put("stage", stage);
    run.put("run_id", runId);
    run.put("started", started.toString());
    run.put("ended", Instant.now().toString());
    run.put("version", build.version());
    run.put("commit", build.commit());
    ObjectNode libraries = run.putObject("libraries");
    build.libraries().forEach(libraries::put);
    run.setAll(asked);
    run.set("results", results);
    return run;
  }
}
