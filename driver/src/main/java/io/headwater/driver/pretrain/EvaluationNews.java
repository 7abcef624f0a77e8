package io.headwater.driver.pretrain;

import io.headwater.driver.run.RunMetrics;
import io.headwater.driver.status.RunStatus;

/** Passes evaluations on: to the status, the log of training and Prometheus. */
record EvaluationNews(RunStatus status, TrainingLog log) implements Evaluations.Listener {
  @Override
  public void evaluated(long step, double loss) {
    RunMetrics.evaluated(loss);
    log.evaluated(step, loss);
    status.evaluated(step, loss);
  }
}
