package io.headwater.ps.protocol;

import java.util.ArrayList;
import java.util.List;

/** The bytes of {@link Request}s; the tags are part of the wire protocol. */
final class RequestCodec {
  private static final int OPEN_RUN = 1;
  private static final int RESEND_CHUNKS = 2;
  private static final int JOIN = 3;
  private static final int HEARTBEAT = 4;
  private static final int LOSS_REPORT = 5;
  private static final int LEAVE = 6;
  private static final int REQUEST_STOP = 7;
  private static final int SHARD_READY = 8;
  private static final int BLOCK_NORMS = 9;
  private static final int STEP_APPLIED = 10;
  private static final int PART_WRITTEN = 11;
  private static final int SHARD_FAILED = 12;
  private static final int ASK_PUSH = 13;
  private static final int TENSOR_NORMS = 14;
  private static final int PIECE_BYTES = Integer.BYTES + 2 * Double.BYTES;

  private RequestCodec() {}

  /** Appends the fields of a message and returns its tag. */
  static int write(Request message, ControlWriter out) {
    if (message instanceof Request.OpenRun m) {
      RunSpecificationCodec.write(m.run(), out);
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
      role(m.role(), out);
      out.int32(m.id()).int64(m.incarnation());
      return HEARTBEAT;
    }
    if (message instanceof Request.LossReport m) {
      out.int32(m.worker())
          .int64(m.step())
          .int32(m.microBatch())
          .float64(m.loss())
          .int64(m.tokens());
      return LOSS_REPORT;
    }
    if (message instanceof Request.Leave m) {
      role(m.role(), out);
      out.int32(m.id()).int64(m.incarnation());
      return LEAVE;
    }
    if (message instanceof Request.RequestStop) {
      return REQUEST_STOP;
    }
    if (message instanceof Request.ShardReady m) {
      out.int32(m.shard()).int64(m.elements()).int64(m.step());
      return SHARD_READY;
    }
    if (message instanceof Request.BlockNorms m) {
      out.int32(m.shard()).int64(m.step()).int32(m.firstBlock());
      doubles(m.sums(), out);
      return BLOCK_NORMS;
    }
    if (message instanceof Request.TensorNorms m) {
      out.int32(m.shard()).int64(m.step()).int32(m.tensors()).int32(m.allPieces());
      out.int32(m.firstPiece()).int32(m.pieces().size());
      m.pieces().forEach(p -> out.int32(p.tensor()).float64(p.weights()).float64(p.updates()));
      return TENSOR_NORMS;
    }
    if (message instanceof Request.StepApplied m) {
      out.int32(m.shard()).int64(m.step());
      return STEP_APPLIED;
    }
    if (message instanceof Request.PartWritten m) {
      out.int32(m.shard()).int64(m.step());
      return PART_WRITTEN;
    }
    if (message instanceof Request.ShardFailed m) {
      out.int32(m.shard()).text(m.reason());
      return SHARD_FAILED;
    }
    throw new IllegalArgumentException("Cannot encode " + message);
  }

  /** Reads the fields of the message with tag {@code tag}. */
  static Request read(int tag, ControlReader in) {
    return switch (tag) {
      case OPEN_RUN -> new Request.OpenRun(RunSpecificationCodec.read(in));
      case RESEND_CHUNKS ->
          new Request.ResendChunks(in.int32(), in.int64(), in.int32(), in.int32());
      case ASK_PUSH -> new Request.AskPush(in.int32(), in.int64(), in.int64(), in.int32());
      case JOIN -> new Request.Join(in.int32(), in.int64(), in.int64());
      case HEARTBEAT -> new Request.Heartbeat(role(in), in.int32(), in.int64());
      case LOSS_REPORT ->
          new Request.LossReport(in.int32(), in.int64(), in.int32(), in.float64(), in.int64());
      case LEAVE -> new Request.Leave(role(in), in.int32(), in.int64());
      case REQUEST_STOP -> new Request.RequestStop();
      case SHARD_READY -> new Request.ShardReady(in.int32(), in.int64(), in.int64());
      case BLOCK_NORMS -> new Request.BlockNorms(in.int32(), in.int64(), in.int32(), doubles(in));
      case TENSOR_NORMS ->
          new Request.TensorNorms(
              in.int32(), in.int64(), in.int32(), in.int32(), in.int32(), pieces(in));
      case STEP_APPLIED -> new Request.StepApplied(in.int32(), in.int64());
      case PART_WRITTEN -> new Request.PartWritten(in.int32(), in.int64());
      case SHARD_FAILED -> new Request.ShardFailed(in.int32(), in.text());
      default -> throw new MalformedMessageException("tag " + tag);
    };
  }

  static void role(Request.Role role, ControlWriter out) {
    out.int32(role.ordinal());
  }

  static Request.Role role(ControlReader in) {
    int ordinal = in.int32();
    Request.Role[] roles = Request.Role.values();
    if (ordinal < 0 || ordinal >= roles.length) {
      throw new MalformedMessageException("role " + ordinal);
    }
    return roles[ordinal];
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
