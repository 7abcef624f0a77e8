package io.headwater.worker;

import io.headwater.model.Measure;
import io.headwater.model.Pretrainable;
import io.headwater.ps.client.StepPlan;

/**
 * The loss on the validation split while training goes on. Whoever computes a micro-batch of a step
 * first measures that micro-batch's part of the split with the same weights; so the parts of a step
 * are measured once each, by whatever workers there are, and no weight changes by it.
 */
final class Validation {
  private final Pretrainable model;
  private final Examples examples;
  private final WorkerConfig config;
  private final ValidationListener listener;
  private final long batches; // that an evaluation measures
  private final long allBatches; // of the split
  private final int rows;

  /**
   * @param examples of the validation split
   */
  Validation(
      Pretrainable model, Examples examples, WorkerConfig config, ValidationListener listener) {
    this.model = model;
    this.examples = examples;
    this.config = config;
    this.listener = listener;
    rows = config.microBatchSize(); // as in training: no other buffers are made for it
    allBatches = batches(examples.perEpoch());
    batches = Math.min(allBatches, batches(config.validation().sequences(examples.perEpoch())));
  }

  private long batches(long sequences) {
    return (sequences + rows - 1) / rows;
  }

  /** Measures what falls to a plan's micro-batches, where its step is one to do so. */
  void run(StepPlan plan) {
    if (config.validation().isDue(plan.step())) {
      plan.microBatches().forEach(part -> measure(plan.step(), part));
    }
  }

  private void measure(long step, int part) {
    double sum = 0;
    long count = 0;
    long end = batches * (part + 1) / config.microBatches();
    for (long batch = batches * part / config.microBatches(); batch < end; batch++) {
      long first = batch * allBatches / batches * rows; // spread over the split
      int present = (int) Math.min(rows, examples.perEpoch() - first);
      Measure loss = model.measure(examples.read(first, present)).get(0);
      sum += loss.sum();
      count += loss.count();
    }
    listener.measured(step, part, sum, count);
  }
}
