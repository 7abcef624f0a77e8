package io.headwater.driver.pretrain;

import io.headwater.driver.spark.WorkerJob;
import io.headwater.worker.Departure;
import io.headwater.worker.WorkerConfig;
import io.headwater.worker.WorkerTask;
import java.util.List;

/** Workers that compute gradients. */
record GradientWorkers(List<WorkerConfig> configs, ValidationParts validation)
    implements WorkerJob.Workers {
  // The server lets a worker that it took for lost in again as a later incarnation only.
  @Override
  public void run(int worker, int attempt, Departure departure) {
    WorkerTask.run(
        configs.get(worker).restarted(attempt),
        (step, part, sum, count) ->
            validation.add(new ValidationParts.Part(step, part, sum, count)),
        departure);
  }
}
