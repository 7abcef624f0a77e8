package io.headwater.ps.server;

import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.Floats;
import io.headwater.ps.protocol.PushName;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.transport.FrameOutlet;
import io.headwater.ps.transport.ShardRoute;
import java.util.BitSet;
import org.agrona.MutableDirectBuffer;

/**
 * Sends a primary's state to a new replica, while the gradients of the next step are computed: the
 * state does not change until all replicas, this one included, have these. For one thread.
 */
final class StateSender implements AutoCloseable {
  private static final int FRAMES_PER_CYCLE = 8;

  private final ReplicaId to;
  private final FrameOutlet outlet;
  private final BufferClaim claim = new BufferClaim();
  private final ShardModel model;
  private final PushName name;
  private final BitSet toSend = new BitSet(); // by slot, then by chunk

  StateSender(ReplicaId to, ShardRoute route, ShardModel model, long step) {
    this.to = to;
    this.model = model;
    outlet = route.push();
    name = PushName.ofWeights(model.run(), step);
    toSend.set(0, model.slots() * model.range().chunks());
  }

  ReplicaId to() {
    return to;
  }

  /** Whether it sends the state of this step. */
  boolean isOf(long step) {
    return name.step() == step;
  }

  /** Sends some chunks; returns how many. */
  int poll() {
    int sent = 0;
    int at = toSend.nextSetBit(0);
    while (at >= 0 && sent < FRAMES_PER_CYCLE && send(at)) {
      toSend.clear(at);
      sent++;
      at = toSend.nextSetBit(at);
    }
    return sent;
  }

  /** Takes note of what has got lost. */
  void onResend(Request.ResendState request) {
    int chunks = model.range().chunks();
    if (request.to().equals(to)
        && request.step() == name.step()
        && request.slot() >= 0
        && request.slot() < model.slots()
        && request.fromChunk() >= 0
        && request.fromChunk() < request.toChunk()
        && request.toChunk() <= chunks) {
      int first = request.slot() * chunks;
      toSend.set(first + request.fromChunk(), first + request.toChunk());
    }
  }

  private boolean send(int at) {
    int slot = at / model.range().chunks();
    int chunk = at % model.range().chunks();
    int count = model.range().chunkCount(chunk);
    long result = outlet.tryClaim(ChunkFrame.length(count), claim);
    if (result <= 0) {
      return result == Publication.CLOSED; // then there is nobody to send to
    }
    MutableDirectBuffer buffer = claim.buffer();
    int offset = claim.offset();
    float[] block = model.stateBlock(slot, chunk);
    int payload = offset + ChunkFrame.HEADER_LENGTH;
    Floats.write(block, model.offsetInBlock(chunk), count, buffer, payload);
    PushName ofSlot =
        new PushName(name.run(), name.step(), slot, name.worker(), name.incarnation());
    ChunkFrame.putState(buffer, offset, ofSlot, model.shard(), chunk, count);
    outlet.commit(claim);
    return true;
  }

  @Override
  public void close() {
    outlet.close();
  }
}
