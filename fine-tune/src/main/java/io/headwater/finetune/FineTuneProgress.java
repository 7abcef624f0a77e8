package io.headwater.finetune;

/** Told what a fine-tuning run does, on its own thread. */
public interface FineTuneProgress {
  /** Ignores everything. */
  FineTuneProgress NONE = new FineTuneProgress() {};

  /**
   * An optimizer step was made.
   *
   * @param step from 1
   * @param loss mean over the batch
   */
  default void step(long step, long steps, double loss) {}

  /**
   * An epoch is over.
   *
   * @param epoch from 1
   */
  default void epoch(int epoch, int epochs, Trained.Epoch result) {}
}
