package io.headwater.ps.protocol;

import io.headwater.ps.codec.Codecs;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What the coordinator tells everyone. */
public sealed interface Event extends ControlMessage {
  /** The coordinator is there. */
  record CoordinatorAlive() implements Event {}

  /** All shards have loaded weights that have had {@code step} updates. */
  record RunOpened(long step, long elements) implements Event {}

  /** The worker cannot take part. */
  record JoinRefused(int worker, long incarnation, String reason) implements Event {
    public JoinRefused {
      Objects.requireNonNull(reason, "reason");
    }
  }

  /**
   * The worker takes part.
   *
   * @param codecs how it is to encode what it pushes
   * @param missingWorkers are still waited for
   */
  record JoinAccepted(int worker, long incarnation, Codecs codecs, List<Integer> missingWorkers)
      implements Event {
    public JoinAccepted {
      Objects.requireNonNull(codecs, "codecs");
      missingWorkers = List.copyOf(missingWorkers);
    }
  }

  /** One worker's share of a step; a worker may have several. */
  record Assignment(int worker, long incarnation, MicroBatchRange microBatches) {
    public Assignment {
      Objects.requireNonNull(microBatches, "microBatches");
    }
  }

  /**
   * The batch that a worker computes on its own, in a run whose workers do not keep step.
   *
   * @param batch number of the step whose data it is; {@link #NONE} = wait
   */
  record Task(int worker, long incarnation, long batch) {
    public static final long NONE = -1;
  }

  /**
   * What is done from the weights of {@code step} on. Repeated about once a second.
   *
   * @param revision counts plans of the same step; the highest holds
   * @param sumsFrom the revision from which on pushes of this step count: what was pushed under an
   *     earlier one is forgotten
   * @param finished nothing: these are the last weights
   * @param snapshot keep a checkpoint: after this step, or, if finished, of these weights
   * @param localSteps by how many steps this plan goes on
   * @param tasks of all workers, if they do not keep step; the assignments then name the one whose
   *     batch this step is made of, as soon as one is done
   * @param replicas who holds the shards: all replicas that take part, by shard and place; the
   *     first of each shard is its primary
   * @param newcomers those of the replicas that have no state of {@code step} yet: their primaries
   *     are to send it to them
   */
  record PlanAnnounced(
      long step,
      int revision,
      int sumsFrom,
      boolean finished,
      boolean snapshot,
      int microBatches,
      int localSteps,
      List<Assignment> assignments,
      List<Task> tasks,
      List<ReplicaId> replicas,
      List<ReplicaId> newcomers)
      implements Event {
    public PlanAnnounced {
      assignments = List.copyOf(assignments);
      tasks = List.copyOf(tasks);
      replicas = List.copyOf(replicas);
      newcomers = List.copyOf(newcomers);
      if (microBatches < 1 || microBatches > RunSpecification.Training.MAX_MICRO_BATCHES) {
        throw new IllegalArgumentException("Cannot plan " + microBatches + " micro-batches");
      }
      if (localSteps < 1) {
        throw new IllegalArgumentException("Cannot plan " + localSteps + " steps");
      }
    }

    /** A worker's share, in order; empty if it has none. */
    public List<MicroBatchRange> of(int worker, long incarnation) {
      return assignments.stream()
          .filter(a -> a.worker() == worker && a.incarnation() == incarnation)
          .map(Assignment::microBatches)
          .toList();
    }

    /** What a worker computes on its own; empty if it is not among those who do. */
    public Optional<Task> taskOf(int worker, long incarnation) {
      return tasks.stream()
          .filter(task -> task.worker() == worker && task.incarnation() == incarnation)
          .findFirst();
    }

    /** Whether this plan holds in place of the other. */
    public boolean isNewerThan(PlanAnnounced other) {
      return step != other.step ? step > other.step : revision > other.revision;
    }

    /** The replica that publishes the weights of its shard, and writes them to storage. */
    public boolean isPrimary(ReplicaId replica) {
      return replicas.stream()
          .filter(other -> other.shard() == replica.shard())
          .findFirst()
          .filter(replica::equals)
          .isPresent();
    }
  }

  /**
   * All shards hold the whole gradient of {@code step}: they are to apply it, now that nothing can
   * stand in the way. Repeated until they have.
   *
   * @param refused leave weights and optimizer state as they are: the step counts, its gradient
   *     does not
   * @param scale the factor that every shard multiplies the mean gradient with
   */
  record StepCommitted(long step, boolean refused, float scale) implements Event {}

  /**
   * The factor of each tensor's update in {@code step}, from the norms of all shards. Repeated
   * until they have applied it.
   */
  record TensorTrust(long step, List<Float> byTensor) implements Event {
    public TensorTrust {
      byTensor = List.copyOf(byTensor);
    }
  }

  /** A step is complete; {@code step} counts it. */
  record StepDone(
      long step,
      double loss,
      double gradientNorm,
      float learningRate,
      long tokens,
      boolean clipped,
      boolean refused)
      implements Event {}

  /** The worker does not take part any more. */
  record WorkerLost(int worker, Cause cause, String reason) implements Event {
    /** Why; the number that stands for it on the wire is its place here. */
    public enum Cause {
      /** Its lease has ended. */
      SILENT,
      /** It said goodbye. */
      LEFT,
      /** A later start of it has joined. */
      REPLACED
    }

    public WorkerLost {
      Objects.requireNonNull(cause, "cause");
      Objects.requireNonNull(reason, "reason");
    }
  }

  /** A replica does not take part any more; another of its shard does. */
  record ReplicaLost(ReplicaId replica, String reason) implements Event {
    public ReplicaLost {
      Objects.requireNonNull(replica, "replica");
      Objects.requireNonNull(reason, "reason");
    }
  }

  /** A replica that was not there, or had no state, could take its shard over from now on. */
  record ReplicaJoined(ReplicaId replica) implements Event {
    public ReplicaJoined {
      Objects.requireNonNull(replica, "replica");
    }
  }

  /** One shard's part of a snapshot is on storage. */
  record SnapshotPart(long step, int shard) implements Event {}

  /** The run has ended before its time. Repeated. */
  record RunFailed(String reason) implements Event {
    public RunFailed {
      Objects.requireNonNull(reason, "reason");
    }
  }

  /** The run has ended in order. Repeated. */
  record RunFinished(long step) implements Event {}

  /** Everyone has heard how the run ended: shards need not serve it any longer. Repeated. */
  record RunOver() implements Event {}

  /** A {@link Request.Leave} was heard: its sender may go. */
  record LeaveHeard(int worker) implements Event {}
}
