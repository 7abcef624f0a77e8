package io.headwater.driver;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.driver.config.RunConfig;
import java.io.UncheckedIOException;
import java.time.Instant;

/** Writes run.json: what was asked for, on what data, with what program, and what came out. */
final class RunRecord {
  private final RunFolder folder;
  private final RunConfig config;
  private final CorpusFacts corpus;
  private final ObjectNode model;
  private final Instant started = Instant.now();

  RunRecord(RunFolder folder, RunConfig config, CorpusFacts corpus, ObjectNode model) {
    this.folder = folder;
    this.config = config;
    this.corpus = corpus;
    this.model = model;
  }

  /** Before anything can go wrong: what a process that is killed leaves behind. */
  void writeStart(long step) {
    ObjectNode results = JsonNodeFactory.instance.objectNode();
    results.put("status", RunState.STARTING.label());
    results.put("steps", step);
    ObjectNode run = record(results);
    run.remove("ended");
    folder.writeRun(run);
  }

  void write(PretrainingReport report) {
    folder.writeRun(record(report.toJson()));
  }

  /** Writes what went wrong; where that cannot be written either, the failure itself says more. */
  void writeFailure(RuntimeException failure, long step) {
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
    run.put("stage", "pretrain");
    run.put("run_id", config.run().id());
    run.put("started", started.toString());
    run.put("ended", Instant.now().toString());
    run.put("version", build.version());
    run.put("commit", build.commit());
    ObjectNode libraries = run.putObject("libraries");
    build.libraries().forEach(libraries::put);
    ObjectNode data = run.putObject("corpus");
    data.put("directory", config.corpus());
    data.put("sha256", corpus.sha256());
    data.put("tokens", corpus.manifest().tokens());
    run.set("model", model);
    run.set("configuration", config.toJson());
    run.set("results", results);
    return run;
  }
}
