package io.headwater.driver.config;

import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import io.headwater.model.Precision;
import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.optimizer.OptimizerConfig.Kind;
import java.util.Locale;

/** What a step is, and how many there are. */
public record TrainingSection(
    @Setting(value = "optimizer steps of the whole run", derived = PRESET) long steps,
    @Setting(value = "sequences of one global batch", derived = PRESET) int batchSize,
    @Setting(
            value =
                "parts of the global batch; divides batch-size. The same number gives the same bits"
                    + " whatever the number of workers",
            derived = "`training.workers`")
        int microBatches,
    @Setting(value = "workers, each one Spark task", defaultValue = "1") int workers,
    @Setting(value = "of the initial weights and the sample order", defaultValue = "1") long seed,
    @Setting(
            value = "update rule: `sgd`, `momentum`, `nesterov`, `adagrad`, `adamw` or `lamb`",
            defaultValue = "adamw")
        String optimizer,
    @Setting(value = "peak of the schedule", derived = PRESET) double learningRate,
    @Setting(
            value = "end of the cosine",
            derived = "preset; a tenth of `training.learning-rate` where that is given")
        double minLearningRate,
    @Setting(
            value = "steps of linear warm-up",
            derived = "preset, at most a tenth of `training.steps`")
        long warmupSteps,
    @Setting(
            value = "step at which the cosine ends; 0 keeps the peak",
            derived = "`training.steps`")
        long decaySteps,
    @Setting(value = "decoupled weight decay, on matrices only", derived = PRESET)
        double weightDecay,
    @Setting(
            value = "AdamW, LAMB: decay of the first moment; momentum, Nesterov: momentum",
            derived = PRESET)
        double beta1,
    @Setting(value = "AdamW, LAMB: decay of the second moment", derived = PRESET) double beta2,
    @Setting(
            value = "AdamW, LAMB, Adagrad: added to the root of the second moment",
            defaultValue = "1e-8")
        double epsilon,
    @Setting(value = "largest global norm of the gradient; 0 is off", derived = PRESET)
        double gradientClip,
    @Setting(
            value =
                "refuse an update whose gradient's norm is not finite, or more than this many times"
                    + " the average of late ones; ten refused in a row end the run. 0 is off: a"
                    + " gradient that is not finite ends the run",
            defaultValue = "0")
        double guard,
    @Setting(value = "steps between two lines of metrics.jsonl", defaultValue = "10") int logEvery,
    @Setting(
            value =
                "steps between two measurements of the loss on the validation split, which changes"
                    + " no bit of the run; 0 is off",
            defaultValue = "0")
        long evaluateEverySteps,
    @Setting(
            value = "sequences of the validation split that are measured, spread over it; 0 is all",
            defaultValue = "256")
        int evaluateSequences,
    @Setting(value = "math threads of each worker", defaultValue = "1") int threadsPerWorker,
    @Setting(value = "where gradients are computed: `cpu` or `cuda:N`", defaultValue = "cpu")
        String device,
    @Setting(
            value =
                "of what matrix products read: `fp32`, or `bf16` where the hardware has"
                    + " instructions for it, or `bf16-anywhere` at any speed; weights, gradients"
                    + " and sums are fp32 in each",
            defaultValue = "fp32")
        String precision,
    @Setting(
            value =
                "what the backward pass reads: `keep` it from the forward pass, or `recompute`"
                    + " what lies inside a block, for the same bits, less memory and about a third"
                    + " more time",
            defaultValue = "keep")
        String activations) {
  static final String PRESET = "preset";

  public TrainingSection {
    Check.that("training.steps", steps, steps >= 1, ">= 1");
    Check.that("training.workers", workers, workers >= 1 && workers <= 10_000, "in [1, 10000]");
    Check.that(
        "training.guard", guard, guard == 0 || (guard > 1 && guard < 1e9), "0 or in (1, 1e9)");
    Check.that("training.batch-size", batchSize, batchSize >= 1, ">= 1");
    Check.that("training.log-every", logEvery, logEvery >= 1, ">= 1");
    Check.that(
        "training.evaluate-every-steps", evaluateEverySteps, evaluateEverySteps >= 0, ">= 0");
    Check.that("training.evaluate-sequences", evaluateSequences, evaluateSequences >= 0, ">= 0");
    Check.that("training.threads-per-worker", threadsPerWorker, threadsPerWorker >= 1, ">= 1");
    Check.that("training.device", device, device.matches("cpu|cuda:\\d+"), "cpu or cuda:N");
    Check.that(
        "training.precision",
        precision,
        precision.matches("fp32|bf16|bf16-anywhere"),
        "fp32, bf16 or bf16-anywhere");
    Check.that(
        "training.activations",
        activations,
        activations.matches("keep|recompute"),
        "keep or recompute");
    Check.that("training.seed", seed, seed >= 0, ">= 0");
    Check.that(
        "training.micro-batches",
        microBatches,
        microBatches >= workers,
        "at least training.workers, " + workers);
    if (batchSize % microBatches != 0) {
      throw new UserException(
          "Cannot use training.micro-batches: "
              + microBatches
              + " does not divide training.batch-size "
              + batchSize);
    }
    optimizer(optimizer, beta1, beta2, epsilon, weightDecay, gradientClip);
    schedule(learningRate, minLearningRate, warmupSteps, decaySteps);
  }

  /** How gradients change weights. */
  public OptimizerConfig optimizerConfig() {
    return optimizer(optimizer, beta1, beta2, epsilon, weightDecay, gradientClip);
  }

  /** How each worker computes. */
  public Execution execution() {
    return new Execution(
        device, threadsPerWorker, Precision.named(precision), activations.equals("recompute"));
  }

  public LearningRateSchedule schedule() {
    return schedule(learningRate, minLearningRate, warmupSteps, decaySteps);
  }

  private static OptimizerConfig optimizer(
      String name, double beta1, double beta2, double epsilon, double weightDecay, double clip) {
    Check.that(
        "training.optimizer",
        name,
        name.matches("sgd|momentum|nesterov|adagrad|adamw|lamb"),
        "sgd, momentum, nesterov, adagrad, adamw or lamb");
    return new OptimizerConfig(
        Kind.valueOf(name.toUpperCase(Locale.ROOT)),
        (float) beta1,
        (float) beta2,
        (float) epsilon,
        (float) weightDecay,
        (float) clip);
  }

  private static LearningRateSchedule schedule(
      double peak, double minimum, long warmupSteps, long decaySteps) {
    return new LearningRateSchedule((float) peak, (float) minimum, warmupSteps, decaySteps);
  }
}
