package io.headwater.driver.run;

import io.headwater.checkpoint.CheckpointException;
import io.headwater.checkpoint.StorageRoom;
import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.config.RunConfig;
import io.headwater.ps.PsMetrics;
import io.headwater.ps.coordinator.StepCompleted;
import io.headwater.ps.coordinator.StepFigures;
import io.headwater.ps.protocol.Event.WorkerLost;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the driver tells Prometheus about its run. */
public final class RunMetrics {
  private static final Logger LOG = LoggerFactory.getLogger(RunMetrics.class);

  private static final Gauge INFO =
      Gauge.build("headwater_run_info", "1; the labels say which run this is.")
          .labelNames(
              "run_id",
              "stage",
              "model",
              "objective",
              "optimizer",
              "consistency",
              "commit",
              "spark_app_id")
          .register();
  private static final Gauge STATE =
      Gauge.build("headwater_run_state", "1 for the state that the run is in.")
          .labelNames("state")
          .register();
  private static final Gauge TARGET_STEPS =
      Gauge.build("headwater_target_steps", "Steps of the whole run.").register();
  private static final Counter STEPS =
      Counter.build("headwater_steps_total", "Optimizer steps made by this process.").register();
  private static final Counter TOKENS =
      Counter.build("headwater_tokens_total", "Tokens trained on by this process.").register();
  private static final Counter EXAMPLES =
      Counter.build("headwater_examples_total", "Examples trained on by this process.").register();
  private static final Counter FLOPS =
      Counter.build(
              "headwater_model_flops_total",
              "Floating-point operations of the model in the steps of this process.")
          .register();
  private static final Gauge UTILIZATION =
      Gauge.build(
              "headwater_model_flops_utilization_ratio",
              "Those of the last step, of what the devices could have done meanwhile.")
          .register();
  private static final Gauge EPOCH =
      Gauge.build("headwater_epoch", "Passes over the training split, in parts of one.").register();
  private static final Gauge LOSS =
      Gauge.build("headwater_loss", "Training losses of the last step in nats.")
          .labelNames("objective")
          .register();
  private static final Gauge EVAL_LOSS =
      Gauge.build("headwater_eval_loss", "Loss on the validation split, measured last, in nats.")
          .register();
  private static final Gauge GRADIENT_NORM =
      Gauge.build("headwater_grad_norm", "Global norm of the gradient before clipping.").register();
  private static final Gauge PARAMETER_NORM =
      Gauge.build("headwater_param_norm", "Norm of all weights, when it was last measured.")
          .register();
  private static final Gauge UPDATE_RATIO =
      Gauge.build(
              "headwater_update_ratio",
              "Norm of what that step added to the weights, by the norm of these.")
          .register();
  private static final Counter SPIKES =
      Counter.build("headwater_loss_spikes_total", "Steps whose loss stood out.").register();
  private static final Gauge LEARNING_RATE =
      Gauge.build("headwater_learning_rate", "Rate of the last step.").register();
  private static final Counter CLIPPED =
      Counter.build("headwater_grad_clipped_steps_total", "Steps whose gradient was scaled down.")
          .register();
  private static final Gauge EVALUATION =
      Gauge.build("headwater_eval_metric", "Score of the task model.")
          .labelNames("metric", "split")
          .register();
  private static final Histogram STEP_SECONDS =
      Histogram.build("headwater_step_duration_seconds", "From one step's end to the next one's.")
          .exponentialBuckets(0.001, 2, 18)
          .register();
  private static final Gauge CHECKPOINT_STEP =
      Gauge.build("headwater_checkpoint_last_step", "Step of the last checkpoint.").register();
  private static final Gauge CHECKPOINT_TIME =
      Gauge.build(
              "headwater_checkpoint_last_success_timestamp_seconds",
              "When the last checkpoint was committed.")
          .register();
  private static final Counter CHECKPOINT_FAILURES =
      Counter.build("headwater_checkpoint_failures_total", "Checkpoints that were not committed.")
          .register();

  private static final Gauge CHECKPOINT_BYTES =
      Gauge.build("headwater_checkpoint_bytes", "Size of the last checkpoint.").register();
  private static final Gauge STORAGE_BYTES =
      Gauge.build(
              "headwater_checkpoint_storage_bytes",
              "Room of the file system that checkpoints go to, when the last one was committed.")
          .labelNames("kind")
          .register();
  private static final Gauge CHECKPOINT_INTERVAL =
      Gauge.build(
              "headwater_checkpoint_interval_steps",
              "Steps between two checkpoints; 0: only the last step has one.")
          .register();
  private static final Counter RUN_SECONDS =
      Counter.build(
              "headwater_run_time_seconds_total",
              "Wall-clock time of the run by what it was spent on.")
          .labelNames("class")
          .register();
  private static final Counter INTERRUPTIONS =
      Counter.build("headwater_interruptions_total", "Losses that the run survived, by cause.")
          .labelNames("cause")
          .register();
  private static final Counter RESTARTS =
      Counter.build("headwater_worker_restarts_total", "Lost workers that have joined again.")
          .labelNames("reason")
          .register();
  private static final Gauge RESTORE_SECONDS =
      Gauge.build(
              "headwater_restore_duration_seconds",
              "Time until all shards had loaded the checkpoint that the run starts from.")
          .register();

  static {
    // Known from the start: a rate over a counter misses the step from nothing to its first value.
    INTERRUPTIONS.labels("worker_lost");
    INTERRUPTIONS.labels("replica_lost");
    for (WorkerLost.Cause cause : WorkerLost.Cause.values()) {
      RESTARTS.labels(label(cause));
    }
    UTILIZATION.set(Double.NaN);
    for (RunTime.Use use : RunTime.Use.values()) {
      RUN_SECONDS.labels(label(use));
    }
  }

  private static volatile List<String> described = Collections.nCopies(6, ""); // labels of INFO
  private static volatile long examplesOfStep;
  private static volatile List<String> lossNames = List.of("");
  private static volatile double peakFlops; // of all devices, a second; 0: not known

  private RunMetrics() {}

  /** Describes the run that begins. */
  public static void run(RunConfig config) {
    describe(
        config.run().id(),
        "pretrain",
        config.model().preset(),
        config.model().objective(),
        config.training().optimizer(),
        config.consistency().mode());
    lossNames = config.model().lossNames();
    peakFlops = config.metrics().peakFlops();
    examplesOfStep = (long) config.training().batchSize() * config.consistency().stepsPerUpdate();
    TARGET_STEPS.set(config.training().steps());
    CHECKPOINT_INTERVAL.set(config.checkpoint().everySteps());
  }

  /** Describes a run of word vectors that begins. */
  public static void run(EmbeddingConfig config) {
    describe(
        config.run().id(),
        "pretrain",
        config.model().preset(),
        config.embedding().algorithm(),
        "sgd",
        config.usesTables() ? "asp" : "none");
    lossNames = List.of(config.embedding().algorithm());
    if (!config.usesTables()) { // whose steps are parts of the text
      plan(config.embedding().epochs(), 1);
    }
  }

  /** Describes a fine-tuning run that begins. */
  public static void fineTuning(String runId, String method, String task) {
    describe(runId, "finetune", method, task, "adamw", "none");
    lossNames = List.of(task);
  }

  /** Describes an ingest that begins. */
  static void ingest(String runId, String tokenizer) {
    describe(runId, "ingest", tokenizer, "none", "none", "none");
  }

  /** Puts the labels of the run's own, from its id to its consistency, where they are read. */
  private static void describe(String... labels) {
    described = List.of(labels);
    sparkApplication("");
  }

  /** By which name Spark knows the run's application; empty: it has none. */
  public static void sparkApplication(String id) {
    List<String> labels = new ArrayList<>(described);
    labels.add(BuildInfo.current().commit());
    labels.add(id);
    INFO.clear();
    INFO.labels(labels.toArray(String[]::new)).set(1);
  }

  /** How many steps there are to be, and how many lie between two checkpoints. */
  public static void plan(long steps, long checkpointInterval) {
    TARGET_STEPS.set(steps);
    CHECKPOINT_INTERVAL.set(checkpointInterval);
  }

  /** A score of a task model on its evaluation file. */
  public static void score(String name, double value) {
    EVALUATION.labels(name, "evaluation").set(value);
  }

  /** Words of an epoch of this process were trained on. */
  public static void words(long count) {
    TOKENS.inc(count);
  }

  /**
   * A step of which no more is known: of fine-tuning, or an epoch of word vectors in this process.
   */
  public static void step(double loss, double seconds) {
    STEPS.inc();
    LOSS.labels(lossNames.get(0)).set(loss);
    STEP_SECONDS.observe(seconds);
  }

  /** The checkpoint that the run starts from, of this moment if its age is not known. */
  public static void startsFrom(long step) {
    CHECKPOINT_STEP.set(step);
    CHECKPOINT_TIME.setToCurrentTime();
  }

  public static void spent(RunTime.Use use, double seconds) {
    RUN_SECONDS.labels(label(use)).inc(seconds);
  }

  public static void workerLost() {
    INTERRUPTIONS.labels("worker_lost").inc();
  }

  /** A worker that was lost takes part again. */
  public static void workerRestarted(WorkerLost.Cause lostBy) {
    RESTARTS.labels(label(lostBy)).inc();
  }

  /** All shards have loaded the checkpoint that the run starts from. */
  public static void restored(double seconds) {
    RESTORE_SECONDS.set(seconds);
  }

  /** How often the run has been through its training split. */
  public static void epochs(double epochs) {
    EPOCH.set(epochs);
  }

  public static void replicaLost() {
    INTERRUPTIONS.labels("replica_lost").inc();
  }

  static void state(RunState current) {
    for (RunState state : RunState.values()) {
      STATE.labels(state.label()).set(state == current ? 1 : 0);
    }
  }

  public static void step(StepCompleted step, double seconds) {
    STEPS.inc();
    TOKENS.inc(step.tokens());
    EXAMPLES.inc(examplesOfStep);
    double flops = step.figures().flops();
    FLOPS.inc(flops);
    UTILIZATION.set(peakFlops > 0 && flops > 0 ? flops / seconds / peakFlops : Double.NaN);
    losses(step);
    size(step.figures());
    GRADIENT_NORM.set(step.gradientNorm());
    LEARNING_RATE.set(step.learningRate());
    STEP_SECONDS.observe(seconds);
    if (step.clipped()) {
      CLIPPED.inc();
    }
  }

  private static void losses(StepCompleted step) {
    List<Double> losses = step.figures().losses();
    for (int i = 0; i < Math.min(lossNames.size(), losses.size()); i++) {
      LOSS.labels(lossNames.get(i)).set(losses.get(i));
    }
  }

  private static void size(StepFigures figures) {
    if (Double.isFinite(figures.weightNorm())) { // measured in this step
      PARAMETER_NORM.set(figures.weightNorm());
      UPDATE_RATIO.set(figures.updateNorm() / figures.weightNorm());
    }
  }

  /** A step had a loss that stands out. */
  public static void lossSpike() {
    SPIKES.inc();
  }

  public static void evaluated(double loss) {
    EVAL_LOSS.set(loss);
  }

  public static void checkpointCommitted(long step, String directory, double seconds) {
    CHECKPOINT_STEP.set(step);
    CHECKPOINT_TIME.setToCurrentTime();
    PsMetrics.checkpointSeconds("commit").observe(seconds);
    try {
      StorageRoom room = StorageRoom.of(directory);
      CHECKPOINT_BYTES.set(room.bytes());
      STORAGE_BYTES.labels("free").set(room.freeBytes());
      STORAGE_BYTES.labels("total").set(room.totalBytes());
    } catch (CheckpointException e) {
      LOG.debug("The room on storage is not known", e); // no reason for a run to fail
    }
  }

  public static void checkpointFailed() {
    CHECKPOINT_FAILURES.inc();
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
