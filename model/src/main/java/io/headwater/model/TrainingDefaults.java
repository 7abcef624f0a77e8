package io.headwater.model;

/**
 * The published training setting of a preset, taken where a run says nothing else.
 *
 * @param batchSize sequences of a global batch
 * @param steps optimizer steps
 * @param learningRate peak
 * @param minimumLearningRate end of the cosine
 * @param warmupSteps linear warm-up
 * @param beta1 AdamW
 * @param beta2 AdamW
 * @param weightDecay decoupled, on matrices only
 * @param gradientClip largest global norm
 */
public record TrainingDefaults(
    int batchSize,
    long steps,
    double learningRate,
    double minimumLearningRate,
    long warmupSteps,
    double beta1,
    double beta2,
    double weightDecay,
    double gradientClip) {}
