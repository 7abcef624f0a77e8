/**
 * Checkpoint and labelled data in, task model out.
 *
 * <p>A {@link io.headwater.finetune.FineTuneTask} trains the whole network, a probe on frozen
 * features, or, for comparison, the same network from random weights, and leaves a Hugging Face
 * folder that {@link io.headwater.finetune.TaskEvaluation} scores again with equal figures. The
 * probe and all figures come from Deeplearning4j, which stops here; gradients come from {@code
 * io.headwater.model}.
 */
package io.headwater.finetune;
