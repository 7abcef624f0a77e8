package io.headwater.ps.server;

import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.transport.ControlSender;
import io.headwater.ps.transport.MessageOutlet;
import io.headwater.ps.transport.ShardRoute;
import java.util.BitSet;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/** Takes a new replica's state in from its shard's primary. For one thread. */
final class StateReceiver implements AutoCloseable {
  private static final long ASK_NS = 500_000_000L;

  private final ReplicaId self;
  private final ShardModel model;
  private final long step;
  private final NanoClock clock;
  private final BitSet received = new BitSet(); // by slot, then by chunk
  private final int all;
  private MessageOutlet outlet;
  private ControlSender primary;
  private long heardNs;

  StateReceiver(ReplicaId self, ShardModel model, long step, NanoClock clock) {
    this.self = self;
    this.model = model;
    this.step = step;
    this.clock = clock;
    all = model.slots() * model.range().chunks();
    heardNs = clock.nanoTime();
  }

  /** Whom to ask from now on for what is missing. */
  void ask(ShardRoute ofPrimary) {
    CloseHelper.quietClose(outlet);
    outlet = ofPrimary.requests();
    primary = new ControlSender(outlet);
  }

  boolean isComplete() {
    return received.cardinality() == all;
  }

  /** Takes a chunk in, if it is one that is missing. */
  void onState(ChunkFrame frame) {
    int slot = frame.node();
    int chunk = frame.chunk();
    int chunks = model.range().chunks();
    if (frame.step() != step
        || slot < 0
        || slot >= model.slots()
        || chunk < 0
        || chunk >= chunks
        || frame.count() != model.range().chunkCount(chunk)
        || received.get(slot * chunks + chunk)) {
      return;
    }
    frame.read(model.stateBlock(slot, chunk), model.offsetInBlock(chunk));
    received.set(slot * chunks + chunk);
    heardNs = clock.nanoTime();
  }

  /** Asks for what should have come by now. */
  void askAgain() {
    long nowNs = clock.nanoTime();
    if (isComplete() || nowNs - heardNs < ASK_NS) {
      return;
    }
    heardNs = nowNs;
    int chunks = model.range().chunks();
    for (int slot = 0; slot < model.slots(); slot++) {
      int first = received.nextClearBit(slot * chunks);
      int last = received.previousClearBit((slot + 1) * chunks - 1);
      if (first < (slot + 1) * chunks) {
        primary.trySend(
            model.run(),
            new Request.ResendState(
                self, step, slot, first - slot * chunks, last + 1 - slot * chunks));
      }
    }
  }

  @Override
  public void close() {
    CloseHelper.quietClose(outlet);
  }
}
