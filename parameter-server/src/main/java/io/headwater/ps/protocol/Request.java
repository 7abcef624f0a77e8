package io.headwater.ps.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** What workers, shards and the driver say to a shard; all but three are for the lead shard. */
public sealed interface Request extends ControlMessage {
  /** Who sends heartbeats. */
  enum Role {
    WORKER,
    SHARD,
    DRIVER
  }

  /** Driver to every shard: load the checkpoint and wait for workers. Repeated until opened. */
  record OpenRun(RunSpecification run) implements Request {
    public OpenRun {
      Objects.requireNonNull(run, "run");
    }
  }

  /** Worker to every shard: send these chunks of the weights of {@code step} again. */
  record ResendChunks(int worker, long step, int fromChunk, int toChunk) implements Request {}

  /** Worker to a shard: have all chunks of this push come? */
  record AskPush(int worker, long incarnation, long step, int node) implements Request {}

  /** Worker to the lead: count me in. Repeated until accepted. */
  record Join(int worker, long incarnation, long elements) implements Request {}

  /** Anyone to the lead, about once a second. */
  record Heartbeat(Role role, int id, long incarnation) implements Request {
    public Heartbeat {
      Objects.requireNonNull(role, "role");
    }
  }

  /** Worker to the lead: the loss of one micro-batch. Repeated until the step is over. */
  record LossReport(int worker, long step, int microBatch, double loss, long tokens)
      implements Request {}

  /** Worker or driver to the lead: I am going. */
  record Leave(Role role, int id, long incarnation) implements Request {
    public Leave {
      Objects.requireNonNull(role, "role");
    }
  }

  /** Driver to the lead: finish the current step, snapshot, end. */
  record RequestStop() implements Request {}

  /** Shard to the lead: loaded. Repeated until the run is open. */
  record ShardReady(int shard, long elements, long step) implements Request {}

  /**
   * Shard to the lead: the gradient of its range is complete; the sums of squares of its blocks, or
   * part of them. Repeated until the step is committed.
   */
  record BlockNorms(int shard, long step, int firstBlock, double[] sums) implements Request {
    @Override
    public boolean equals(Object other) {
      return other instanceof BlockNorms that
          && shard == that.shard
          && step == that.step
          && firstBlock == that.firstBlock
          && Arrays.equals(sums, that.sums);
    }

    @Override
    public int hashCode() {
      return Objects.hash(shard, step, firstBlock, Arrays.hashCode(sums));
    }
  }

  /** Shard to the lead: all its weights have had {@code step} updates. Repeated until planned. */
  record StepApplied(int shard, long step) implements Request {}

  /** What one matrix has in one norm block: sums of squares of its weights and of their update. */
  record Piece(int tensor, double weights, double updates) {}

  /**
   * Shard to the lead: the updates of its range are prepared; their pieces, or some in a row.
   * Repeated until answered by {@link Event.TensorTrust}.
   *
   * @param tensors number of all tensors
   * @param allPieces number of the pieces of all shards
   * @param firstPiece number of the first of these, counted from the start of the flat vector
   */
  record TensorNorms(
      int shard, long step, int tensors, int allPieces, int firstPiece, List<Piece> pieces)
      implements Request {
    public TensorNorms {
      pieces = List.copyOf(pieces);
    }
  }

  /** Shard to the lead: its part of the snapshot is on storage. */
  record PartWritten(int shard, long step) implements Request {}

  /** Shard to the lead: cannot go on. */
  record ShardFailed(int shard, String reason) implements Request {
    public ShardFailed {
      Objects.requireNonNull(reason, "reason");
    }
  }
}
