package io.headwater.driver.cli;

import io.headwater.driver.run.Progress;
import io.headwater.finetune.FineTuneProgress;
import java.util.Locale;

/** Shows the steps of a fine-tuning run. */
record FinetuneDisplay(Progress progress) implements FineTuneProgress {
  @Override
  public void step(long step, long steps, double loss) {
    if (step == 1) {
      progress.begin("finetune", steps, 0);
    }
    progress.update(step, String.format(Locale.ROOT, "loss %.4f", loss));
  }
}
