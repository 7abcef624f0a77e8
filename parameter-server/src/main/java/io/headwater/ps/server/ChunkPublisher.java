package io.headwater.ps.server;

import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.headwater.ps.PsMetrics;
import io.headwater.ps.codec.ChunkCodec;
import io.headwater.ps.codec.Codec;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.Floats;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.PushName;
import io.headwater.ps.transport.FrameOutlet;
import io.headwater.ps.transport.SharedVector;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.util.ArrayDeque;
import org.agrona.CloseHelper;
import org.agrona.MutableDirectBuffer;

/**
 * Sends weights, and answers about pushes, over one transport: a queue of chunk numbers, encoded
 * only when there is room, so that what goes out is always the newest.
 */
final class ChunkPublisher implements AutoCloseable {
  private static final int BLOCKS_PER_TURN = 8;

  /** An answer about a push; {@code chunks} 0 = it is complete. */
  private record Answer(PushName push, int firstMissing, int chunks) {}

  private final FrameOutlet outlet;
  private final boolean local;
  private final BufferClaim claim = new BufferClaim();
  private final Counter.Child backpressure = PsMetrics.backpressure("weights");
  private final ArrayDeque<Answer> answers = new ArrayDeque<>();
  private ShardModel model;
  private ChunkCodec encoder; // null: weights go as they are
  private Counter.Child bytes;
  private Gauge.Child waiting;
  private SharedVector shared; // null: chunks go by value
  private boolean sharingTried;
  private int framesPerTurn;
  private int[] queue = new int[0]; // a ring
  private boolean[] queued = new boolean[0];
  private int head;
  private int size;

  /**
   * @param local whether who listens can read this process's shared memory
   */
  ChunkPublisher(FrameOutlet outlet, boolean local) {
    this.outlet = outlet;
    this.local = local;
  }

  /** Publishes another model from now on; what was queued is forgotten. */
  void open(ShardModel newModel, Codec pull) {
    close();
    model = newModel;
    framesPerTurn = ChunkSize.perTurn(newModel.range().chunkElements(), BLOCKS_PER_TURN);
    encoder = pull == Codec.FLOAT32 ? null : pull.open();
    bytes = PsMetrics.bytesOut(newModel.shard());
    if (waiting != null) {
      waiting.dec(size);
    }
    waiting = PsMetrics.queue(newModel.shard());
    queue = new int[newModel.range().chunks()];
    queued = new boolean[queue.length];
    head = 0;
    size = 0;
  }

  void enqueue(int chunk) {
    if (!queued[chunk]) {
      queued[chunk] = true;
      int tail = head + size;
      queue[tail >= queue.length ? tail - queue.length : tail] = chunk;
      size++;
      waiting.inc();
    }
  }

  void accept(PushName push) {
    answers.add(new Answer(push, 0, 0));
  }

  void miss(PushName push, int firstMissing, int chunks) {
    answers.add(new Answer(push, firstMissing, chunks));
  }

  boolean isEmpty() {
    return size == 0 && answers.isEmpty();
  }

  /** Sends some of what is queued; returns the number of frames. */
  int flush() {
    int sent = 0;
    while (!isEmpty() && sent < framesPerTurn) {
      long result = answers.isEmpty() ? sendWeights(queue[head]) : sendAnswer(answers.peek());
      if (result == Publication.NOT_CONNECTED) {
        forgetAll(); // Nobody listens over this transport; a worker that should have asks again.
        return sent;
      }
      if (result == Publication.CLOSED) {
        throw new ParameterServerException(
            "Cannot send weights of shard " + model.shard() + ": the media driver is gone");
      }
      if (result < 0) {
        backpressure.inc();
        return sent;
      }
      if (answers.isEmpty()) {
        pop();
      } else {
        answers.remove();
      }
      sent++;
    }
    return sent;
  }

  private void forgetAll() {
    answers.clear();
    while (size > 0) {
      pop();
    }
  }

  private void pop() {
    queued[queue[head]] = false;
    head = head + 1 == queue.length ? 0 : head + 1;
    size--;
    waiting.dec();
  }

  private long sendAnswer(Answer answer) {
    long result = outlet.tryClaim(ChunkFrame.HEADER_LENGTH, claim);
    if (result > 0) {
      MutableDirectBuffer buffer = claim.buffer();
      if (answer.chunks() == 0) {
        ChunkFrame.putAccepted(buffer, claim.offset(), answer.push(), model.shard());
      } else {
        ChunkFrame.putMissing(
            buffer,
            claim.offset(),
            answer.push(),
            model.shard(),
            answer.firstMissing(),
            answer.chunks());
      }
      outlet.commit(claim);
    }
    return result;
  }

  private long sendWeights(int chunk) {
    if (local && encoder == null && !sharingTried && outlet.isConnected()) {
      sharingTried = true;
      shared = SharedVector.create(model.range().elements()).orElse(null);
    }
    int count = model.range().chunkCount(chunk);
    int bytesOfElements = encoder == null ? Float.BYTES * count : encoder.length(count);
    int length = ChunkFrame.HEADER_LENGTH + (shared == null ? bytesOfElements : 0);
    long result = outlet.tryClaim(length, claim);
    if (result > 0) {
      PushName of = PushName.ofWeights(model.run(), model.chunkStep(chunk));
      if (encoder != null) {
        encodeInto(chunk, count, of);
      } else if (shared == null) {
        copyInto(chunk, count, of);
      } else {
        share(chunk, count, of);
      }
      outlet.commit(claim);
      bytes.inc(ChunkFrame.HEADER_LENGTH + bytesOfElements);
    }
    return result;
  }

  private void encodeInto(int chunk, int count, PushName of) {
    MutableDirectBuffer buffer = claim.buffer();
    int offset = claim.offset();
    int length =
        encoder.encode(
            model.block(chunk),
            model.offsetInBlock(chunk),
            count,
            buffer,
            offset + ChunkFrame.HEADER_LENGTH);
    ChunkFrame.putWeights(
        buffer, offset, of, model.shard(), chunk, count, encoder.codec().number(), length);
  }

  private void copyInto(int chunk, int count, PushName of) {
    MutableDirectBuffer buffer = claim.buffer();
    int offset = claim.offset();
    Floats.write(
        model.block(chunk),
        model.offsetInBlock(chunk),
        count,
        buffer,
        offset + ChunkFrame.HEADER_LENGTH);
    ChunkFrame.putWeights(
        buffer, offset, of, model.shard(), chunk, count, ChunkFrame.FLOAT32, Float.BYTES * count);
  }

  // Readers are done with the chunk's former weights: its update was committed, so all workers had
  // pushed the gradient that they computed from them.
  private void share(int chunk, int count, PushName of) {
    long at = model.range().chunkFrom(chunk) - model.range().from();
    shared.vector().write(at, model.block(chunk), model.offsetInBlock(chunk), count);
    ChunkFrame.putSharedWeights(
        claim.buffer(), claim.offset(), of, model.shard(), chunk, count, shared.id());
  }

  @Override
  public void close() {
    CloseHelper.quietClose(shared);
    shared = null;
    sharingTried = false;
  }
}
