package io.headwater.ps.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** What workers and shards say to the coordinator, and workers, shards and it to a shard. */
public sealed interface Request extends ControlMessage {
  /**
   * Coordinator to every replica of every shard: load the checkpoint, report, and wait for workers.
   * Repeated until it does.
   */
  record OpenRun(RunSpecification run, CoordinatorEndpoint coordinator) implements Request {
    public OpenRun {
      Objects.requireNonNull(run, "run");
      Objects.requireNonNull(coordinator, "coordinator");
    }
  }

  /** Worker to every shard: send these chunks of the weights of {@code step} again. */
  record ResendChunks(int worker, long step, int fromChunk, int toChunk) implements Request {}

  /** Worker to a shard: have all chunks of this push come? */
  record AskPush(int worker, long incarnation, long step, int node) implements Request {}

  /** A new replica to its shard's primary: send this part of your state of {@code step} again. */
  record ResendState(ReplicaId to, long step, int slot, int fromChunk, int toChunk)
      implements Request {
    public ResendState {
      Objects.requireNonNull(to, "to");
    }
  }

  /** Worker to the coordinator: count me in. Repeated until accepted. */
  record Join(int worker, long incarnation, long elements) implements Request {}

  /** Worker to the coordinator, some times a second. */
  record Heartbeat(int worker, long incarnation) implements Request {}

  /** Replica to the coordinator, some times a second. */
  record ReplicaHeartbeat(ReplicaId replica) implements Request {
    public ReplicaHeartbeat {
      Objects.requireNonNull(replica, "replica");
    }
  }

  /**
   * Worker to the coordinator: what came of one micro-batch. Repeated until the step is over.
   *
   * @param step number of the step whose data it is
   */
  record LossReport(int worker, long step, int microBatch, MicroBatchFigures figures)
      implements Request {
    public LossReport {
      Objects.requireNonNull(figures, "figures");
    }
  }

  /** Worker to the coordinator: I am going. Repeated until heard. */
  record Leave(int worker, long incarnation) implements Request {}

  /** Replica to the coordinator: I know that the run is over, and go. */
  record ReplicaLeave(ReplicaId replica) implements Request {
    public ReplicaLeave {
      Objects.requireNonNull(replica, "replica");
    }
  }

  /** Replica to the coordinator: loaded. Repeated until it takes part. */
  record ReplicaReady(ReplicaId replica, long elements, long step) implements Request {
    public ReplicaReady {
      Objects.requireNonNull(replica, "replica");
    }
  }

  /**
   * Replica to the coordinator: the gradient of its range is complete; the sums of squares of its
   * blocks, or part of them. Repeated until the step is committed.
   *
   * @param sumsFrom what the plan says that these are sums of
   */
  record BlockNorms(ReplicaId replica, long step, int sumsFrom, int firstBlock, double[] sums)
      implements Request {
    @Override
    public boolean equals(Object other) {
      return other instanceof BlockNorms that
          && replica.equals(that.replica)
          && step == that.step
          && sumsFrom == that.sumsFrom
          && firstBlock == that.firstBlock
          && Arrays.equals(sums, that.sums);
    }

    @Override
    public int hashCode() {
      return Objects.hash(replica, step, sumsFrom, firstBlock, Arrays.hashCode(sums));
    }
  }

  /**
   * Replica to the coordinator: all its weights have had {@code step} updates. Repeated until
   * planned.
   *
   * @param weightSquares sum of the squares of its weights; NaN in most steps, in which that is not
   *     measured
   * @param updateSquares of what the last update has added to them; likewise
   */
  record StepApplied(ReplicaId replica, long step, double weightSquares, double updateSquares)
      implements Request {}

  /** What one matrix has in one norm block: sums of squares of its weights and of their update. */
  record Piece(int tensor, double weights, double updates) {}

  /**
   * Replica to the coordinator: the updates of its range are prepared; their pieces, or some in a
   * row. Repeated until answered by {@link Event.TensorTrust}.
   *
   * @param tensors number of all tensors
   * @param allPieces number of the pieces of all shards
   * @param firstPiece number of the first of these, counted from the start of the flat vector
   */
  record TensorNorms(
      ReplicaId replica, long step, int tensors, int allPieces, int firstPiece, List<Piece> pieces)
      implements Request {
    public TensorNorms {
      pieces = List.copyOf(pieces);
    }
  }

  /** Replica to the coordinator: its part of the snapshot is on storage. */
  record PartWritten(ReplicaId replica, long step) implements Request {}

  /** Replica to the coordinator: cannot go on. */
  record ReplicaFailed(ReplicaId replica, String reason) implements Request {
    public ReplicaFailed {
      Objects.requireNonNull(reason, "reason");
    }
  }
}
