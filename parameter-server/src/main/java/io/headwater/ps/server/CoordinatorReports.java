package io.headwater.ps.server;

import io.headwater.ps.optimizer.TensorNorms;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.NanoClock;

/** What a replica tells the coordinator of a step, and when it is time to say so again. */
final class CoordinatorReports {
  private static final int NORMS_PER_MESSAGE = 2048;
  private static final int PIECES_PER_MESSAGE = 512;
  private static final long REPEAT_NS = 500_000_000L;

  private final ReplicaId self;
  private final Consumer<Request> coordinator;
  private final NanoClock clock;
  private long saidNs;

  CoordinatorReports(ReplicaId self, Consumer<Request> coordinator, NanoClock clock) {
    this.self = self;
    this.coordinator = coordinator;
    this.clock = clock;
  }

  /**
   * Whether what was said last may have got lost, there having been no answer for so long. If so,
   * it is to be said now; the next time is as far away again.
   */
  boolean takeRepeat() {
    long nowNs = clock.nanoTime();
    boolean due = nowNs - saidNs >= REPEAT_NS;
    saidNs = due ? nowNs : saidNs;
    return due;
  }

  /**
   * @param size of the update that led to {@code step}
   */
  void applied(long step, UpdateSize size) {
    saidNs = clock.nanoTime();
    coordinator.accept(
        new Request.StepApplied(self, step, size.weightSquares(), size.updateSquares()));
  }

  void written(long step) {
    coordinator.accept(new Request.PartWritten(self, step));
  }

  /**
   * @param firstBlock that the first of the sums is of
   */
  void blockNorms(long step, int sumsFrom, int firstBlock, double[] squares) {
    saidNs = clock.nanoTime();
    for (int from = 0; from < squares.length; from += NORMS_PER_MESSAGE) {
      int to = Math.min(from + NORMS_PER_MESSAGE, squares.length);
      double[] part = Arrays.copyOfRange(squares, from, to);
      coordinator.accept(new Request.BlockNorms(self, step, sumsFrom, firstBlock + from, part));
    }
  }

  /**
   * @param tensorCount of the whole model
   */
  void tensorNorms(long step, int tensorCount, TensorNorms norms) {
    saidNs = clock.nanoTime();
    int[] tensors = norms.tensors();
    double[][] sums = norms.sums();
    int from = 0;
    do { // a shard without any piece says so too
      int to = Math.min(from + PIECES_PER_MESSAGE, tensors.length);
      List<Request.Piece> pieces = new ArrayList<>(to - from);
      for (int i = from; i < to; i++) {
        pieces.add(new Request.Piece(tensors[i], sums[0][i], sums[1][i]));
      }
      coordinator.accept(
          new Request.TensorNorms(
              self, step, tensorCount, norms.allPieces(), norms.firstPiece() + from, pieces));
      from = to;
    } while (from < tensors.length);
  }
}
