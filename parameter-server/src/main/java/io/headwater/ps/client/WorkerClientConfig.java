package io.headwater.ps.client;

import io.headwater.checkpoint.UserException;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.security.RunSecurity;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How a worker reaches the shards.
 *
 * @param runId the run's id, as in its {@code RunSpecification}
 * @param worker this worker's id, from 0
 * @param incarnation which start of this worker it is: higher than any before it in the run
 * @param coordinator where the run's coordinator is
 * @param endpoints all replicas of all shards, in order
 * @param startTimeout for reaching the shards and for all workers to join
 * @param silence without a sign of the coordinator, after which it counts as lost
 * @param security how what goes over a network is protected
 */
public record WorkerClientConfig(
    String runId,
    int worker,
    long incarnation,
    CoordinatorEndpoint coordinator,
    List<ShardEndpoint> endpoints,
    Duration startTimeout,
    Duration silence,
    RunSecurity security)
    implements Serializable {
  public WorkerClientConfig {
    Objects.requireNonNull(runId, "runId");
    Objects.requireNonNull(coordinator, "coordinator");
    Objects.requireNonNull(startTimeout, "startTimeout");
    Objects.requireNonNull(silence, "silence");
    Objects.requireNonNull(security, "security");
    endpoints = List.copyOf(endpoints);
    if (worker < 0) {
      throw new UserException("Cannot join as worker " + worker + ": must be >= 0");
    }
    ShardEndpoint.checkAll(endpoints);
  }

  /** The same worker, started again for the {@code times}-th time. */
  public WorkerClientConfig restarted(int times) {
    return new WorkerClientConfig(
        runId,
        worker,
        incarnation + times,
        coordinator,
        endpoints,
        startTimeout,
        silence,
        security);
  }

  /** The same worker of a run that is protected so. */
  public WorkerClientConfig securedBy(RunSecurity other) {
    return new WorkerClientConfig(
        runId, worker, incarnation, coordinator, endpoints, startTimeout, silence, other);
  }

  /** A worker of a run that is not protected. */
  public WorkerClientConfig(
      String runId,
      int worker,
      long incarnation,
      CoordinatorEndpoint coordinator,
      List<ShardEndpoint> endpoints,
      Duration startTimeout,
      Duration silence) {
    this(
        runId,
        worker,
        incarnation,
        coordinator,
        endpoints,
        startTimeout,
        silence,
        RunSecurity.NONE);
  }

  public static WorkerClientConfig of(
      String runId,
      int worker,
      long incarnation,
      CoordinatorEndpoint coordinator,
      List<ShardEndpoint> endpoints) {
    return new WorkerClientConfig(
        runId,
        worker,
        incarnation,
        coordinator,
        endpoints,
        Duration.ofMinutes(2),
        Duration.ofSeconds(20));
  }
}
