package io.headwater.worker;

import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import io.headwater.ps.client.WorkerClientConfig;
import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;

/**
 * What one worker needs to know.
 *
 * @param server how to reach the parameter shards, and who this worker is
 * @param model the model's config.json
 * @param corpus folder of the corpus shards
 * @param execution where and how this worker computes
 * @param batchSize samples of the global batch
 * @param microBatches parts of the global batch; divides {@code batchSize}
 * @param seed of the sample order
 * @param guarded whether updates are guarded, for which the norm of each micro-batch is needed
 * @param validation when it measures the loss on the validation split
 * @param local how it trains between two updates; null: every step is an update
 */
public record WorkerConfig(
    WorkerClientConfig server,
    String model,
    String corpus,
    Execution execution,
    int batchSize,
    int microBatches,
    long seed,
    boolean guarded,
    ValidationPlan validation,
    LocalTraining local)
    implements Serializable {
  public WorkerConfig {
    Objects.requireNonNull(server, "server");
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(corpus, "corpus");
    Objects.requireNonNull(execution, "execution");
    Objects.requireNonNull(validation, "validation");
    if (microBatches < 1 || batchSize < 1 || batchSize % microBatches != 0) {
      throw new UserException(
          "Cannot split a batch of "
              + batchSize
              + " samples into "
              + microBatches
              + " micro-batches: the number of micro-batches must divide the batch size");
    }
  }

  /** The same worker, started again for the {@code times}-th time. */
  public WorkerConfig restarted(int times) {
    return new WorkerConfig(
        server.restarted(times),
        model,
        corpus,
        execution,
        batchSize,
        microBatches,
        seed,
        guarded,
        validation,
        local);
  }

  /** How it trains between two updates, if it does. */
  public Optional<LocalTraining> localTraining() {
    return Optional.ofNullable(local);
  }

  /** Samples of one micro-batch. */
  public int microBatchSize() {
    return batchSize / microBatches;
  }
}
