package io.headwater.worker;

/** Hears of what was measured on the validation split; called on the worker's thread. */
@FunctionalInterface
public interface ValidationListener {
  /** For who does not want to know. */
  ValidationListener NONE = (step, part, sum, count) -> {};

  /**
   * A part of an evaluation is done. The same part may be told again, after its first worker was
   * lost.
   *
   * @param step updates that the weights have had
   * @param part of the evaluation: as many as there are micro-batches make it whole
   * @param sum of the losses of the part's predictions, in nats
   * @param count of these predictions
   */
  void measured(long step, int part, double sum, long count);
}
