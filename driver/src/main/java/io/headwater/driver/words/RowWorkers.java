package io.headwater.driver.words;

import io.headwater.driver.spark.WorkerJob;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.worker.Departure;
import io.headwater.worker.WordTraining;
import io.headwater.worker.WordVectorTask;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/** Workers that train word vectors in sparse tables. */
record RowWorkers(
    List<WorkerClientConfig> configs, Broadcast<WordTraining> training, WireTraffic traffic)
    implements WorkerJob.Workers {
  @Override
  public void run(int worker, int attempt, Departure departure) {
    WordVectorTask.run(
        configs.get(worker).restarted(attempt), training.value(), traffic::add, departure);
  }
}
