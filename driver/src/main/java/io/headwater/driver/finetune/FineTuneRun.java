package io.headwater.driver.finetune;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.driver.config.MetricsSection;
import io.headwater.driver.config.RunSection;
import io.headwater.driver.log.LogContext;
import io.headwater.driver.run.BuildInfo;
import io.headwater.driver.run.MetricsEndpoint;
import io.headwater.driver.run.RunFolder;
import io.headwater.driver.run.RunMetrics;
import io.headwater.driver.run.RunRecord;
import io.headwater.driver.run.RunState;
import io.headwater.driver.run.RunStates;
import io.headwater.driver.run.RunTime;
import io.headwater.driver.status.RunOverview;
import io.headwater.driver.status.RunStatus;
import io.headwater.driver.status.StatusFile;
import io.headwater.driver.status.StatusPage;
import io.headwater.finetune.FineTuneConfig;
import io.headwater.finetune.FineTuneProgress;
import io.headwater.finetune.FineTuneReport;
import io.headwater.finetune.FineTuneTask;
import io.headwater.finetune.Trained;
import java.nio.file.Path;
import java.time.Clock;

/**
 * A fine-tuning run with all that follows it: record, status and metrics, as a pretraining run has
 * them. Its record lies beside the task model, not in it: that is a checkpoint, written whole at
 * the end. One thread runs it; servers of the status ask on others.
 */
public final class FineTuneRun {
  private final RunSection run;
  private final FineTuneConfig config;
  private final RunStates states;
  private final RunTime time = new RunTime(System.nanoTime(), 0, RunMetrics::spent);
  private long lastNanos = System.nanoTime();
  private long step;

  private FineTuneRun(RunSection run, FineTuneConfig config) {
    this.run = run;
    this.config = config;
    RunOverview overview =
        RunOverview.fineTuning(run.id(), config.method().toString(), config.task().name());
    this.states =
        new RunStates(
            run.id(), new RunStatus(overview, BuildInfo.current().version(), Clock.systemUTC()));
  }

  /**
   * Trains, scores and writes the task model.
   *
   * @param run its name and the folder of its record
   * @throws io.headwater.checkpoint.UserException if something given is wrong
   */
  public static FineTuneReport run(
      RunSection run, MetricsSection metrics, FineTuneConfig config, FineTuneProgress display) {
    LogContext.run(run.id());
    RunMetrics.fineTuning(run.id(), config.method().toString(), config.task().name());
    FineTuneRun fineTuning = new FineTuneRun(run, config);
    try (MetricsEndpoint endpoint = MetricsEndpoint.start(metrics.address(), metrics.port())) {
      endpoint.serve(new StatusPage(fineTuning.states.status()));
      return fineTuning.train(display);
    }
  }

  private FineTuneReport train(FineTuneProgress display) {
    states.enter(RunState.STARTING);
    try (Steps steps = new Steps(display)) {
      try {
        FineTuneReport report = FineTuneTask.run(config, steps);
        time.ended(System.nanoTime());
        report.scores().measures().forEach(RunMetrics::score);
        steps.record.write(results(report));
        states.enter(RunState.SUCCEEDED);
        return report;
      } catch (RuntimeException e) {
        steps.failed(e);
        states.fail(e);
        throw e;
      }
    }
  }

  private ObjectNode asked() {
    ObjectNode asked = JsonNodeFactory.instance.objectNode();
    ObjectNode configuration = asked.putObject("configuration");
    configuration.put("task", config.task().name());
    configuration.put("method", config.method().toString());
    configuration.put("checkpoint", config.checkpoint());
    configuration.put("train", config.train());
    configuration.put("evaluation", config.evaluation());
    configuration.put("output", config.output());
    configuration.put("settings", config.settings().toString());
    return asked;
  }

  private ObjectNode results(FineTuneReport report) {
    ObjectNode results = JsonNodeFactory.instance.objectNode();
    results.put("status", RunState.SUCCEEDED.label());
    results.put("run_id", run.id());
    results.put("steps", report.steps());
    report.scores().measures().forEach(results::put);
    int epochs = report.epochLosses().size();
    if (epochs > 0) {
      results.put("final_loss", report.epochLosses().get(epochs - 1));
    }
    results.put("seconds", report.seconds());
    results.put("checkpoint", report.directory());
    return results;
  }

  /**
   * Follows the steps, on the thread of the run. The record begins with the first: nothing is
   * written where an input is wrong.
   */
  private final class Steps implements FineTuneProgress, AutoCloseable {
    private final FineTuneProgress display;
    private RunFolder folder; // null before the first step, as the others
    private RunRecord record;
    private StatusFile file;

    private Steps(FineTuneProgress display) {
      this.display = display;
    }

    private void begin(long steps) {
      folder = RunFolder.open(Path.of(run.directory()), 0);
      record = new RunRecord(folder, "finetune", run.id(), asked());
      record.writeStart(0);
      file = StatusFile.keep(folder.directory(), states.status());
      states.enter(RunState.TRAINING);
      states.status().planned(steps);
      RunMetrics.plan(steps, 0);
    }

    @Override
    public void step(long made, long steps, double loss) {
      if (record == null) {
        begin(steps);
      }
      long now = System.nanoTime();
      step = made;
      LogContext.step(made);
      RunMetrics.step(loss, (now - lastNanos) * 1e-9);
      time.stepCompleted(made, now);
      states.status().stepCompleted(made, loss, 0);
      ObjectNode line = JsonNodeFactory.instance.objectNode();
      line.put("step", made);
      line.put("loss", loss);
      line.put("seconds", (now - lastNanos) * 1e-9);
      folder.appendMetrics(line);
      lastNanos = now;
      display.step(made, steps, loss);
    }

    @Override
    public void epoch(int epoch, int epochs, Trained.Epoch result) {
      display.epoch(epoch, epochs, result);
    }

    private void failed(RuntimeException reason) {
      if (record != null) {
        record.writeFailure(reason, step);
      }
    }

    @Override
    public void close() {
      if (file != null) {
        file.close();
        folder.close();
      }
    }
  }
}
