package io.headwater.driver.pretrain;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.driver.run.LossSpikes;
import io.headwater.driver.run.Progress;
import io.headwater.driver.run.RunFolder;
import io.headwater.driver.run.RunMetrics;
import io.headwater.driver.run.RunTime;
import io.headwater.ps.coordinator.StepCompleted;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * Follows the steps of a run: progress, metrics.jsonl, Prometheus, and the figures of the report.
 * Called on one thread; read on another once that has ended.
 */
final class TrainingLog {
  private static final int MAX_FINAL_STEPS = 100;

  private final RunFolder folder;
  private final Progress progress;
  private final long steps;
  private final long epochTokens;
  private final int logEvery;
  private final boolean fresh; // not resumed
  private final long begin = System.nanoTime();
  private final RunTime time;
  private final LossSpikes spikes = new LossSpikes();
  private final Deque<Double> lastLosses = new ArrayDeque<>();
  private double firstLoss;
  private long completed;
  private long made;
  private final long tokensBefore; // by earlier processes
  private long tokens; // by this one
  private long firstTokens;
  private long firstNanos;
  private long lastNanos = begin;
  private long loggedTokens;
  private long loggedNanos = begin;

  /**
   * @param epochTokens of the training split
   */
  TrainingLog(
      RunFolder folder,
      Progress progress,
      long steps,
      long stepsDone,
      long epochTokens,
      int logEvery) {
    this.folder = folder;
    this.progress = progress;
    this.steps = steps;
    this.completed = stepsDone;
    this.epochTokens = epochTokens;
    this.fresh = stepsDone == 0;
    this.logEvery = logEvery;
    this.firstLoss = folder.before().firstLoss().orElse(Double.NaN);
    this.tokensBefore = folder.before().tokens();
    this.time = new RunTime(begin, folder.before().step(), RunMetrics::spent);
    RunMetrics.startsFrom(stepsDone);
    progress.begin("pretrain", steps, stepsDone);
  }

  synchronized void stepCompleted(StepCompleted step) {
    long now = System.nanoTime();
    RunMetrics.step(step, (now - lastNanos) * 1e-9);
    time.stepCompleted(step.step(), step.kept(), step.figures().dataSeconds(), now);
    if (spikes.isSpike(step.loss())) {
      RunMetrics.lossSpike();
    }
    lastNanos = now;
    completed = step.step();
    made++;
    tokens += step.tokens();
    RunMetrics.epochs((double) (tokensBefore + tokens) / epochTokens);
    if (made == 1 && fresh) {
      firstLoss = step.loss();
    }
    if (made == 1) {
      firstTokens = tokens;
      firstNanos = now;
    }
    lastLosses.addLast(step.loss());
    if (lastLosses.size() > MAX_FINAL_STEPS) {
      lastLosses.removeFirst();
    }
    if (step.step() % logEvery == 0 || made == 1 || step.step() == steps) {
      log(step, now);
    }
    progress.update(step.step(), note(step));
  }

  private String note(StepCompleted step) {
    String loss = String.format(Locale.ROOT, "loss %.4f", step.loss());
    return made < 2
        ? loss
        : loss + String.format(Locale.ROOT, "  %,.0f tokens/s", tokensPerSecond());
  }

  /** The loss on the validation split, of weights that had a number of steps, has come in. */
  synchronized void evaluated(long step, double loss) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("step", step);
    line.put("validation_loss", loss);
    folder.appendMetrics(line);
  }

  /** A checkpoint is on storage: the record of what led to it should be, too. */
  void keep() {
    folder.keep();
  }

  /** Steps that the weights have had. */
  synchronized long completed() {
    return completed;
  }

  /** Tokens that the run was trained on, before it was resumed included. */
  synchronized long tokens() {
    return tokensBefore + tokens;
  }

  synchronized double firstLoss() {
    return firstLoss;
  }

  synchronized double finalLoss() {
    long count = Math.min(MAX_FINAL_STEPS, Math.max(1, made / 10));
    return lastLosses.stream()
        .skip(Math.max(0, lastLosses.size() - count))
        .mapToDouble(Double::doubleValue)
        .average()
        .orElse(Double.NaN);
  }

  /** Over all steps of this process but the first. */
  synchronized double tokensPerSecond() {
    return made < 2
        ? Double.NaN
        : (tokens - firstTokens) / Math.max(1e-9, (lastNanos - firstNanos) * 1e-9);
  }

  /** Seconds since the last sign of progress. */
  synchronized double idleSeconds() {
    return (System.nanoTime() - lastNanos) * 1e-9;
  }

  /** All shards have loaded what the run starts from. */
  synchronized void restored(long beginNanos) {
    time.restored(beginNanos, System.nanoTime());
  }

  /** A worker or a replica of a shard is lost; the run goes on. */
  synchronized void interrupted() {
    time.interrupted();
  }

  /** Workers have come or gone: so many are there. */
  synchronized void workersPresent(int workers) {
    time.workersPresent(workers, System.nanoTime());
  }

  /** The run is over and its last checkpoint committed. */
  synchronized void ended() {
    time.ended(System.nanoTime());
  }

  /** Something other than a step shows that the run goes on. */
  synchronized void alive() {
    lastNanos = System.nanoTime();
  }

  private void log(StepCompleted step, long now) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("step", step.step());
    line.put("loss", step.loss());
    line.put("tokens", tokensBefore + tokens);
    line.put("tokens_per_second", (tokens - loggedTokens) / ((now - loggedNanos) * 1e-9));
    line.put("learning_rate", step.learningRate());
    if (Double.isFinite(step.gradientNorm())) {
      line.put("grad_norm", step.gradientNorm());
    }
    line.put("seconds", (now - begin) * 1e-9);
    folder.appendMetrics(line);
    loggedTokens = tokens;
    loggedNanos = now;
  }
}
