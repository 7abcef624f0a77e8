package io.headwater.driver.finetune;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.driver.config.MetricsSection;
import io.headwater.driver.config.RunSection;
import io.headwater.driver.log.LogContext;
import io.headwater.driver.run.MetricsEndpoint;
import io.headwater.driver.run.RunFolder;
import io.headwater.driver.run.RunMetrics;
import io.headwater.driver.run.RunRecord;
import io.headwater.driver.run.RunState;
import io.headwater.driver.run.RunStates;
import io.headwater.driver.run.RunTime;
import io.headwater.driver.status.RunOverview;
import io.headwater.driver.status.StatusFile;
import io.headwater.driver.status.StatusPage;
import io.headwater.finetune.FineTuneConfig;
import io.headwater.finetune.FineTuneProgress;
import io.headwater.finetune.FineTuneReport;
import io.headwater.finetune.FineTuneTask;
import io.headwater.finetune.SeededRuns;
import io.headwater.finetune.Trained;
import io.headwater.finetune.words.WordClassification;
import io.headwater.finetune.words.WordClassifierConfig;
import io.headwater.finetune.words.WordClassifierReport;
import io.headwater.model.fasttext.ClassifierInput;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A fine-tuning run with all that follows it: record, status and metrics, as a pretraining run has
 * them. Its record lies beside the task model, not in it: that is a checkpoint, written whole at
 * the end. One thread runs it; servers of the status ask on others.
 */
public final class FineTuneRun {
  private final RunSection run;
  private final ObjectNode configuration;
  private final int repeats;
  private final RunStates states;
  private final RunTime time = new RunTime(System.nanoTime(), 0, RunMetrics::spent);
  private long lastNanos = System.nanoTime();
  private long step; // of all repeats

  /** Trains while it tells of its steps. */
  private interface Work<R> {
    R run(FineTuneProgress progress);
  }

  /** What is told of a run that has ended. */
  private record Outcome(
      Map<String, Double> measures, Optional<Double> finalLoss, double seconds, String directory) {}

  /**
   * @param repeats how often the steps are made from the first on, one run of each seed
   */
  private FineTuneRun(RunSection run, ObjectNode configuration, int repeats) {
    this.run = run;
    this.configuration = configuration;
    this.repeats = repeats;
    String method = configuration.path("method").asText();
    String task = configuration.path("task").asText();
    this.states = new RunStates(RunOverview.fineTuning(run.id(), method, task));
    LogContext.run(run.id());
    RunMetrics.fineTuning(run.id(), method, task);
  }

  /**
   * Trains, scores and writes the task model.
   *
   * @param run its name and the folder of its record
   * @throws io.headwater.checkpoint.UserException if something given is wrong
   */
  public static FineTuneReport run(
      RunSection run, MetricsSection metrics, FineTuneConfig config, FineTuneProgress display) {
    return new FineTuneRun(run, asked(config), 1)
        .follow(
            metrics,
            display,
            progress -> FineTuneTask.run(config, progress),
            report ->
                new Outcome(
                    report.scores().measures(),
                    last(report.epochLosses()),
                    report.seconds(),
                    report.directory()));
  }

  /** The same by several seeds, one after the other; its scores are their means. */
  public static SeededRuns runSeeds(
      RunSection run,
      MetricsSection metrics,
      FineTuneConfig config,
      int seeds,
      FineTuneProgress display) {
    return new FineTuneRun(run, asked(config).put("seeds", seeds), seeds)
        .follow(
            metrics,
            display,
            progress -> SeededRuns.run(config, seeds, progress),
            runs -> outcome(runs, config.output()));
  }

  /** Makes a classifier of texts from word vectors; its steps are epochs. */
  public static WordClassifierReport classifyWords(
      RunSection run,
      MetricsSection metrics,
      WordClassifierConfig config,
      ClassifierInput vectors,
      FineTuneProgress display) {
    return new FineTuneRun(run, asked(config), 1)
        .follow(
            metrics,
            display,
            progress -> WordClassification.run(config, vectors, progress::step),
            report ->
                new Outcome(
                    report.scores().measures(),
                    last(report.epochLosses()),
                    report.seconds(),
                    report.directory()));
  }

  private <R> R follow(
      MetricsSection metrics,
      FineTuneProgress display,
      Work<R> work,
      Function<R, Outcome> outcome) {
    try (MetricsEndpoint endpoint = MetricsEndpoint.start(metrics.address(), metrics.port())) {
      endpoint.serve(new StatusPage(states.status()));
      return train(display, work, outcome);
    }
  }

  private <R> R train(FineTuneProgress display, Work<R> work, Function<R, Outcome> outcome) {
    states.enter(RunState.STARTING);
    try (Steps steps = new Steps(display)) {
      try {
        R report = work.run(steps);
        time.ended(System.nanoTime());
        Outcome done = outcome.apply(report);
        done.measures().forEach(RunMetrics::score);
        steps.record.write(results(done));
        states.enter(RunState.SUCCEEDED);
        return report;
      } catch (RuntimeException e) {
        steps.failed(e);
        states.fail(e);
        throw e;
      }
    }
  }

  private static Outcome outcome(SeededRuns runs, String directory) {
    Map<String, Double> means = new LinkedHashMap<>();
    runs.spreads().forEach((name, spread) -> means.put(name, spread.mean()));
    double seconds = runs.reports().values().stream().mapToDouble(FineTuneReport::seconds).sum();
    return new Outcome(means, Optional.empty(), seconds, directory);
  }

  private static Optional<Double> last(List<Double> losses) {
    return losses.isEmpty() ? Optional.empty() : Optional.of(losses.get(losses.size() - 1));
  }

  private static ObjectNode asked(FineTuneConfig config) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("task", config.task().name())
        .put("method", config.method().toString())
        .put("checkpoint", config.checkpoint())
        .put("train", config.train())
        .put("evaluation", config.evaluation())
        .put("output", config.output())
        .put("settings", config.settings().toString());
  }

  private static ObjectNode asked(WordClassifierConfig config) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("task", "classification")
        .put("method", config.method().toString())
        .put("train", config.train())
        .put("evaluation", config.evaluation())
        .put("output", config.output())
        .put("settings", config.settings().toString());
  }

  private ObjectNode results(Outcome outcome) {
    ObjectNode results = JsonNodeFactory.instance.objectNode();
    results.put("status", RunState.SUCCEEDED.label());
    results.put("run_id", run.id());
    results.put("steps", step);
    outcome.measures().forEach(results::put);
    outcome.finalLoss().ifPresent(loss -> results.put("final_loss", loss));
    results.put("seconds", outcome.seconds());
    results.put("checkpoint", outcome.directory());
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
      folder = RunFolder.open(Path.of(run.directory()), "", 0);
      ObjectNode asked = JsonNodeFactory.instance.objectNode();
      asked.set("configuration", configuration);
      record = new RunRecord(folder, "finetune", run.id(), asked);
      record.writeStart(0);
      file = StatusFile.keep(folder.directory(), states.status());
      states.enter(RunState.TRAINING);
      states.status().planned(repeats * steps);
      RunMetrics.plan(repeats * steps, 0);
    }

    @Override
    public void step(long made, long steps, double loss) {
      if (record == null) {
        begin(steps);
      }
      long now = System.nanoTime();
      step++;
      LogContext.step(step);
      RunMetrics.step(loss, (now - lastNanos) * 1e-9);
      time.stepCompleted(step, false, 0, now);
      states.status().stepCompleted(step, loss, 0);
      ObjectNode line = JsonNodeFactory.instance.objectNode();
      line.put("step", step);
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
