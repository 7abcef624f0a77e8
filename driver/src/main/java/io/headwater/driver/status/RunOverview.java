package io.headwater.driver.status;

import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.config.ParameterServerSection;
import io.headwater.driver.config.RunConfig;
import io.headwater.ps.protocol.ShardEndpoint;
import java.util.ArrayList;
import java.util.List;

/**
 * What does not change in a run, as its status shows it.
 *
 * @param stage pretrain or finetune
 * @param steps of the whole run; of word vectors its epochs; 0: not known yet
 * @param workers that share the work; 0: this process does it alone
 * @param shards addresses of the replicas of each shard; an empty one is in the driver
 * @param checkpointEvery steps between two checkpoints; 0: only the last has one
 */
public record RunOverview(
    String runId,
    String stage,
    String model,
    String objective,
    String consistency,
    long steps,
    int workers,
    List<List<String>> shards,
    long checkpointEvery) {
  private static final String ALONE = "one process";

  public RunOverview {
    shards = List.copyOf(shards);
  }

  public static RunOverview of(RunConfig config) {
    return new RunOverview(
        config.run().id(),
        "pretrain",
        config.model().preset(),
        config.model().objective(),
        config.consistency().mode(),
        config.training().steps(),
        config.training().workers(),
        addresses(config.parameterServer()),
        config.checkpoint().everySteps());
  }

  /** Of word vectors: a step is an epoch, and ends with a checkpoint. */
  public static RunOverview of(EmbeddingConfig config) {
    boolean shared = config.usesTables();
    return new RunOverview(
        config.run().id(),
        "pretrain",
        config.model().preset(),
        config.embedding().algorithm(),
        shared ? "asp" : ALONE,
        config.embedding().epochs(),
        shared ? config.training().workers() : 0,
        shared ? addresses(config.parameterServer()) : List.of(),
        1);
  }

  /** Of a task model: its steps are known once the labelled data is read. */
  public static RunOverview fineTuning(String runId, String method, String task) {
    return new RunOverview(runId, "finetune", method, task, ALONE, 0, 0, List.of(), 0);
  }

  private static List<List<String>> addresses(ParameterServerSection servers) {
    List<List<String>> addresses = new ArrayList<>();
    for (int shard = 0; shard < servers.shards(); shard++) {
      addresses.add(new ArrayList<>());
      if (!servers.isRemote()) {
        addresses.get(shard).add("");
      }
    }
    if (servers.isRemote()) {
      for (ShardEndpoint endpoint : servers.shardEndpoints()) {
        addresses.get(endpoint.shard()).add(endpoint.host() + ":" + endpoint.port());
      }
    }
    return addresses;
  }
}
