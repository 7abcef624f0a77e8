package io.headwater.driver.status;

import io.headwater.driver.status.StatusReport.Checkpoint;
import io.headwater.driver.status.StatusReport.Checkpoints;
import io.headwater.driver.status.StatusReport.Event;
import io.headwater.driver.status.StatusReport.Progress;
import io.headwater.ps.coordinator.StepCompleted;
import io.prometheus.client.CollectorRegistry;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Gathers what a run does, for whoever asks how it stands. Thread-safe: the run, its listener and
 * its committer tell, servers of the status ask.
 */
public final class RunStatus {
  private static final int MAX_EVENTS = 100;
  private static final int MAX_CHECKPOINTS = 20;

  private final RunOverview run;
  private final String version;
  private final Clock clock;
  private final String started;
  private final WorkerBoard workers;
  private final ShardBoard shards;
  private final LossCurve curve = new LossCurve();
  private final Pace pace = new Pace();
  private final Deque<Event> events = new ArrayDeque<>(); // the newest first
  private final Deque<Checkpoint> checkpoints = new ArrayDeque<>(); // the newest first
  private long failedCheckpoints;
  private String state = "submitted";
  private String error;
  private long step;
  private long tokens;
  private long steps;
  private double part; // of the step under way
  private double loss = Double.NaN; // of the last step, as the two that follow
  private double gradientNorm = Double.NaN;
  private double learningRate = Double.NaN;
  private Double validationLoss; // null before the first evaluation

  /**
   * @param version of the program
   * @param clock of what happens when
   */
  public RunStatus(RunOverview run, String version, Clock clock) {
    this.run = run;
    this.steps = run.steps();
    this.version = version;
    this.clock = clock;
    this.started = clock.instant().toString();
    this.workers = new WorkerBoard(run.workers());
    this.shards = new ShardBoard(run.shards());
  }

  /** The run has come to another state. */
  public synchronized void enter(String newState) {
    if (newState.equals(state)) {
      return;
    }
    state = newState;
    if (isOver()) {
      workers.leave();
    }
    event("info", "state", "Run is " + newState);
  }

  /** The run has failed. */
  public synchronized void fail(String reason) {
    error = reason;
    state = "failed";
    workers.leave();
    event("error", "run_failed", reason);
  }

  /** A step of an earlier process of the run, from its record. */
  public synchronized void recall(long pastStep, double loss, double tokensPerSecond) {
    curve.add(pastStep, loss, tokensPerSecond);
  }

  /** Where this process begins. */
  public synchronized void startsFrom(long stepsDone, long tokensDone) {
    step = stepsDone;
    tokens = tokensDone;
  }

  public synchronized void stepCompleted(StepCompleted completed) {
    gradientNorm = completed.gradientNorm();
    learningRate = completed.learningRate();
    stepCompleted(completed.step(), completed.loss(), completed.tokens());
  }

  /** A step of which no more is known; {@code ofTokens} is 0 where nobody counts them. */
  public synchronized void stepCompleted(long newStep, double newLoss, long ofTokens) {
    step = newStep;
    loss = newLoss;
    tokens += ofTokens;
    double speed = pace.stepEnded(System.nanoTime(), step, tokens);
    curve.add(step, loss, ofTokens == 0 ? Double.NaN : speed);
  }

  /** A step so long that it is followed within: an epoch of word vectors. */
  public synchronized void underWay(double partDone, long tokensSoFar) {
    part = partDone;
    tokens = tokensSoFar;
    pace.mark(System.nanoTime(), step + part, tokens);
  }

  /** The end of such a step. */
  public synchronized void epochCompleted(
      long epoch, double meanLoss, long tokensSoFar, double tokensPerSecond) {
    step = epoch;
    part = 0;
    loss = meanLoss;
    tokens = tokensSoFar;
    curve.add(step, loss, tokensPerSecond);
  }

  /** The number of steps is known now. */
  public synchronized void planned(long allSteps) {
    steps = allSteps;
  }

  /** The loss on the validation split, of weights that had a number of steps, has come in. */
  public synchronized void evaluated(long atStep, double loss) {
    validationLoss = StatusReport.finite(loss);
    event(
        "info",
        "evaluated",
        String.format(Locale.ROOT, "Validation loss of step %d is %.4f", atStep, loss));
  }

  public synchronized void workerJoined(int worker) {
    workers.joined(worker);
    event("info", "worker_joined", "Worker " + worker + " joined");
  }

  public synchronized void workerLost(int worker, String reason) {
    workers.lost(worker);
    event("warn", "worker_lost", "Worker " + worker + " is lost: " + reason);
  }

  /** A worker in another process tells of itself, as {@link ProcessMetrics#ofWorker}. */
  public synchronized void workerReported(int worker, Map<String, Double> figures) {
    workers.reported(worker, figures);
  }

  /** What every replica of a shard has loaded, and the memory of weights and optimizer state. */
  public synchronized void shardHolds(int shard, long parameters, long bytes) {
    shards.holds(shard, parameters, bytes);
  }

  public synchronized void replicaLost(int shard, int replica, String reason) {
    shards.lost(shard, replica, System.nanoTime(), step);
    event(
        "warn",
        "replica_lost",
        "Replica " + replica + " of shard " + shard + " is lost: " + reason);
  }

  public synchronized void replicaJoined(int shard, int replica) {
    shards.joined(shard, replica);
    event("info", "replica_joined", "Replica " + replica + " of shard " + shard + " joined");
  }

  public synchronized void checkpointCommitted(long atStep, String directory, double seconds) {
    checkpoints.addFirst(new Checkpoint(atStep, directory, clock.instant().toString(), seconds));
    if (checkpoints.size() > MAX_CHECKPOINTS) {
      checkpoints.removeLast();
    }
    event("info", "checkpoint_committed", "Checkpoint of step " + atStep + " is committed");
  }

  public synchronized void checkpointFailed(long atStep, String reason) {
    failedCheckpoints++;
    event(
        "error",
        "checkpoint_failed",
        "Checkpoint of step " + atStep + " is not committed: " + reason);
  }

  /** How the run stands now. */
  public synchronized StatusReport report() {
    ProcessMetrics metrics = ProcessMetrics.read(CollectorRegistry.defaultRegistry);
    long nanos = System.nanoTime();
    return new StatusReport(
        run.runId(),
        run.stage(),
        state,
        run.model(),
        run.objective(),
        run.consistency(),
        version,
        started,
        clock.instant().toString(),
        error,
        progress(),
        Collections.unmodifiableMap(metrics.timeSeconds()),
        workers.report(metrics, clock.millis() * 1e-3),
        shards.report(nanos, step),
        new Checkpoints(run.checkpointEvery(), failedCheckpoints, List.copyOf(checkpoints)),
        curve.points(),
        List.copyOf(events));
  }

  private Progress progress() {
    boolean open = isOver() || steps == 0;
    double left = open ? Double.NaN : (steps - step - part) * pace.secondsPerStep();
    return new Progress(
        step,
        part == 0 ? null : StatusReport.finite(part),
        steps,
        tokens,
        StatusReport.finite(loss),
        validationLoss,
        StatusReport.finite(gradientNorm),
        StatusReport.finite(learningRate),
        tokens == 0 ? null : StatusReport.finite(pace.tokensPerSecond()),
        StatusReport.finite(pace.secondsPerStep()),
        StatusReport.finite(left));
  }

  private boolean isOver() {
    return StatusReport.isEnd(state);
  }

  private void event(String level, String kind, String message) {
    events.addFirst(new Event(clock.instant().toString(), level, kind, step, message));
    if (events.size() > MAX_EVENTS) {
      events.removeLast();
    }
  }
}
