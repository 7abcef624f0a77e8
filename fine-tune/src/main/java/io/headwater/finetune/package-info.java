/**
 * Checkpoint and labelled data in, task model out.
 *
 * <p>A {@link io.headwater.finetune.FineTuneTask} trains the network of a {@link
 * io.headwater.finetune.Task}: all of it, low-rank adapters, a probe on frozen features, or, for
 * comparison, the same network from random weights. It leaves a Hugging Face folder that {@link
 * io.headwater.finetune.TaskEvaluation} scores again with equal figures. Each kind of task has a
 * package beneath this one. The probe and a classifier's figures come from Deeplearning4j, which
 * stops here; gradients come from {@code io.headwater.model}.
 */
package io.headwater.finetune;
