/**
 * Computes gradients. A {@code TrainingStep} computes the micro-batches that its plan names and
 * pushes their sums; a {@link io.headwater.worker.WorkerTask} repeats it until the run ends. A
 * worker keeps no state that a restart would miss: weights and step come from the parameter server,
 * samples are a function of seed and step.
 *
 * <p>Word vectors are trained otherwise: a {@link io.headwater.worker.WordVectorTask} trains on
 * parts of the text with rows of sparse tables.
 */
package io.headwater.worker;
