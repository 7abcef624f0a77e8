package io.headwater.driver.status;

import io.headwater.driver.config.ParameterServerSection;
import io.headwater.driver.config.RunConfig;
import io.headwater.driver.status.StatusReport.Checkpoint;
import io.headwater.driver.status.StatusReport.Checkpoints;
import io.headwater.driver.status.StatusReport.Event;
import io.headwater.driver.status.StatusReport.Progress;
import io.headwater.ps.coordinator.StepCompleted;
import io.headwater.ps.protocol.ShardEndpoint;
import io.prometheus.client.CollectorRegistry;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Gathers what a pretraining run does, for whoever asks how it stands. Thread-safe: the run, its
 * listener and its committer tell, servers of the status ask.
 */
public final class RunStatus {
  private static final int MAX_EVENTS = 100;
  private static final int MAX_CHECKPOINTS = 20;

  private final RunConfig config;
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
  private StepCompleted last; // null before the first
  private Double validationLoss; // null before the first evaluation

  /**
   * @param version of the program
   * @param clock of what happens when
   */
  public RunStatus(RunConfig config, String version, Clock clock) {
    this.config = config;
    this.version = version;
    this.clock = clock;
    this.started = clock.instant().toString();
    this.workers = new WorkerBoard(config.training().workers());
    this.shards = new ShardBoard(addresses(config.parameterServer()));
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
    last = completed;
    step = completed.step();
    tokens += completed.tokens();
    curve.add(step, completed.loss(), pace.stepEnded(System.nanoTime(), step, tokens));
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
        config.run().id(),
        state,
        config.model().preset(),
        config.model().objective(),
        config.consistency().mode(),
        version,
        started,
        clock.instant().toString(),
        error,
        progress(),
        Collections.unmodifiableMap(metrics.timeSeconds()),
        workers.report(metrics, clock.millis() * 1e-3),
        shards.report(metrics, nanos, step),
        new Checkpoints(
            config.checkpoint().everySteps(), failedCheckpoints, List.copyOf(checkpoints)),
        curve.points(),
        List.copyOf(events));
  }

  private Progress progress() {
    long steps = config.training().steps();
    double left = isOver() ? Double.NaN : (steps - step) * pace.secondsPerStep();
    return new Progress(
        step,
        steps,
        tokens,
        last == null ? null : StatusReport.finite(last.loss()),
        validationLoss,
        last == null ? null : StatusReport.finite(last.gradientNorm()),
        last == null ? null : StatusReport.finite(last.learningRate()),
        StatusReport.finite(pace.tokensPerSecond()),
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

  private static List<List<String>> addresses(ParameterServerSection servers) {
    List<List<String>> addresses = new ArrayList<>();
    for (int shard = 0; shard < servers.shards(); shard++) {
      addresses.add(new ArrayList<>());
      if (!servers.isRemote()) {
        addresses.get(shard).add("");
      }
    }
    if (servers.isRemote()) {
      for (ShardEndpoint endpoint : servers.shardEndpoints()) {
        addresses.get(endpoint.shard()).add(endpoint.host() + ":" + endpoint.port());
      }
    }
    return addresses;
  }
}
