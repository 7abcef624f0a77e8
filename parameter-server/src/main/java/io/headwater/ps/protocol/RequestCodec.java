package io.headwater.ps.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** The bytes of {@link Request}s; the tags are part of the wire protocol. */
final class RequestCodec {
  private static final int OPEN_RUN = 1;
  private static final int RESEND_CHUNKS = 2;
  private static final int JOIN = 3;
  private static final int HEARTBEAT = 4;
  private static final int LOSS_REPORT = 5;
  private static final int LEAVE = 6;
  private static final int REPLICA_HEARTBEAT = 7;
  private static final int REPLICA_READY = 8;
  private static final int BLOCK_NORMS = 9;
  private static final int STEP_APPLIED = 10;
  private static final int PART_WRITTEN = 11;
  private static final int REPLICA_FAILED = 12;
  private static final int ASK_PUSH = 13;
  private static final int TENSOR_NORMS = 14;
  private static final int REPLICA_LEAVE = 15;
  private static final int RESEND_STATE = 16;
  private static final int PIECE_BYTES = Integer.BYTES + 2 * Double.BYTES;

  private RequestCodec() {}

  /** Appends the fields of a message and returns its tag. */
  static int write(Request message, ControlWriter out) {
    if (message instanceof Request.OpenRun m) {
      RunSpecificationCodec.write(m.run(), out);
      out.text(m.coordinator().host()).int32(m.coordinator().port());
      out.text(m.coordinator().aeronDirectory());
      return OPEN_RUN;
    }
    if (message instanceof Request.ResendChunks m) {
      out.int32(m.worker()).int64(m.step()).int32(m.fromChunk()).int32(m.toChunk());
      return RESEND_CHUNKS;
    }
    if (message instanceof Request.AskPush m) {
      out.int32(m.worker()).int64(m.incarnation()).int64(m.step()).int32(m.node());
      return ASK_PUSH;
    }
    if (message instanceof Request.Join m) {
      out.int32(m.worker()).int64(m.incarnation()).int64(m.elements());
      return JOIN;
    }
    if (message instanceof Request.Heartbeat m) {
      out.int32(m.worker()).int64(m.incarnation());
      return HEARTBEAT;
    }
    if (message instanceof Request.LossReport m) {
      out.int32(m.worker()).int64(m.step()).int32(m.microBatch());
      figures(m.figures(), out);
      return LOSS_REPORT;
    }
    if (message instanceof Request.Leave m) {
      out.int32(m.worker()).int64(m.incarnation());
      return LEAVE;
    }
    return writeFromReplica(message, out);
  }

  private static int writeFromReplica(Request message, ControlWriter out) {
    if (message instanceof Request.ReplicaHeartbeat m) {
      replica(m.replica(), out);
      return REPLICA_HEARTBEAT;
    }
    if (message instanceof Request.ReplicaReady m) {
      replica(m.replica(), out).int64(m.elements()).int64(m.step());
      return REPLICA_READY;
    }
    if (message instanceof Request.BlockNorms m) {
      replica(m.replica(), out).int64(m.step()).int32(m.sumsFrom()).int32(m.firstBlock());
      doubles(m.sums(), out);
      return BLOCK_NORMS;
    }
    if (message instanceof Request.TensorNorms m) {
      replica(m.replica(), out).int64(m.step()).int32(m.tensors()).int32(m.allPieces());
      out.int32(m.firstPiece()).int32(m.pieces().size());
      m.pieces().forEach(p -> out.int32(p.tensor()).float64(p.weights()).float64(p.updates()));
      return TENSOR_NORMS;
    }
    if (message instanceof Request.StepApplied m) {
      replica(m.replica(), out).int64(m.step());
      out.float64(m.weightSquares()).float64(m.updateSquares());
      return STEP_APPLIED;
    }
    if (message instanceof Request.PartWritten m) {
      replica(m.replica(), out).int64(m.step());
      return PART_WRITTEN;
    }
    if (message instanceof Request.ReplicaFailed m) {
      replica(m.replica(), out).text(m.reason());
      return REPLICA_FAILED;
    }
    if (message instanceof Request.ReplicaLeave m) {
      replica(m.replica(), out);
      return REPLICA_LEAVE;
    }
    if (message instanceof Request.ResendState m) {
      replica(m.to(), out).int64(m.step()).int32(m.slot()).int32(m.fromChunk()).int32(m.toChunk());
      return RESEND_STATE;
    }
    throw new IllegalArgumentException("Cannot encode " + message);
  }

  /** Reads the fields of the message with tag {@code tag}. */
  static Request read(int tag, ControlReader in) {
    return switch (tag) {
      case OPEN_RUN -> new Request.OpenRun(RunSpecificationCodec.read(in), coordinator(in));
      case RESEND_CHUNKS ->
          new Request.ResendChunks(in.int32(), in.int64(), in.int32(), in.int32());
      case ASK_PUSH -> new Request.AskPush(in.int32(), in.int64(), in.int64(), in.int32());
      case JOIN -> new Request.Join(in.int32(), in.int64(), in.int64());
      case HEARTBEAT -> new Request.Heartbeat(in.int32(), in.int64());
      case LOSS_REPORT -> new Request.LossReport(in.int32(), in.int64(), in.int32(), figures(in));
      case LEAVE -> new Request.Leave(in.int32(), in.int64());
      case REPLICA_HEARTBEAT -> new Request.ReplicaHeartbeat(replica(in));
      case REPLICA_READY -> new Request.ReplicaReady(replica(in), in.int64(), in.int64());
      case BLOCK_NORMS ->
          new Request.BlockNorms(replica(in), in.int64(), in.int32(), in.int32(), doubles(in));
      case TENSOR_NORMS ->
          new Request.TensorNorms(
              replica(in), in.int64(), in.int32(), in.int32(), in.int32(), pieces(in));
      case STEP_APPLIED ->
          new Request.StepApplied(replica(in), in.int64(), in.float64(), in.float64());
      case PART_WRITTEN -> new Request.PartWritten(replica(in), in.int64());
      case REPLICA_FAILED -> new Request.ReplicaFailed(replica(in), in.text());
      case REPLICA_LEAVE -> new Request.ReplicaLeave(replica(in));
      case RESEND_STATE ->
          new Request.ResendState(replica(in), in.int64(), in.int32(), in.int32(), in.int32());
      default -> throw new MalformedMessageException("tag " + tag);
    };
  }

  static ControlWriter replica(ReplicaId replica, ControlWriter out) {
    return out.int32(replica.shard()).int32(replica.replica()).int64(replica.incarnation());
  }

  static ReplicaId replica(ControlReader in) {
    return new ReplicaId(in.int32(), in.int32(), in.int64());
  }

  private static void figures(MicroBatchFigures figures, ControlWriter out) {
    out.int32(figures.losses().size());
    figures.losses().forEach(out::float64);
    out.float64(figures.gradientNorm()).int64(figures.tokens());
    out.float64(figures.flops()).float64(figures.dataSeconds());
  }

  private static MicroBatchFigures figures(ControlReader in) {
    List<Double> losses = DoubleStream.of(doubles(in)).boxed().toList();
    return new MicroBatchFigures(losses, in.float64(), in.int64(), in.float64(), in.float64());
  }

  private static CoordinatorEndpoint coordinator(ControlReader in) {
    return new CoordinatorEndpoint(in.text(), in.int32(), in.text());
  }

  private static List<Request.Piece> pieces(ControlReader in) {
    int count = in.count(PIECE_BYTES);
    List<Request.Piece> pieces = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      pieces.add(new Request.Piece(in.int32(), in.float64(), in.float64()));
    }
    return pieces;
  }

  private static void doubles(double[] values, ControlWriter out) {
    out.int32(values.length);
    for (double value : values) {
      out.float64(value);
    }
  }

  private static double[] doubles(ControlReader in) {
    double[] values = new double[in.count(Double.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.float64();
    }
    return values;
  }
}
