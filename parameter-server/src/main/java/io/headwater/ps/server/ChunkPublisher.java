package io.headwater.ps.server;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.headwater.ps.PsMetrics;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.Floats;
import io.headwater.ps.protocol.ParameterServerException;
import io.prometheus.client.Counter;
import org.agrona.MutableDirectBuffer;

/**
 * Sends weights over one transport: a queue of chunk numbers, encoded only when there is room, so
 * that what goes out is always the newest.
 */
final class ChunkPublisher {
  private static final int FRAMES_PER_CYCLE = 8;

  private final ExclusivePublication publication;
  private final BufferClaim claim = new BufferClaim();
  private final Counter.Child backpressure = PsMetrics.backpressure("weights");
  private ShardModel model;
  private Counter.Child bytes;
  private int[] queue = new int[0]; // a ring
  private boolean[] queued = new boolean[0];
  private int head;
  private int size;

  ChunkPublisher(ExclusivePublication publication) {
    this.publication = publication;
  }

  /** Publishes another model from now on; what was queued is forgotten. */
  void open(ShardModel newModel) {
    model = newModel;
    bytes = PsMetrics.bytesOut(newModel.shard());
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
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Sends some of what is queued; returns the number of frames. */
  int flush() {
    int sent = 0;
    while (size > 0 && sent < FRAMES_PER_CYCLE) {
      int chunk = queue[head];
      long result = send(chunk);
      if (result == Publication.NOT_CONNECTED) {
        // Nobody listens over this transport; a worker that should have asks again.
        while (size > 0) {
          pop();
        }
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
      pop();
      sent++;
    }
    return sent;
  }

  private void pop() {
    queued[queue[head]] = false;
    head = head + 1 == queue.length ? 0 : head + 1;
    size--;
  }

  private long send(int chunk) {
    int count = model.range().chunkCount(chunk);
    int length = ChunkFrame.length(count);
    long result = publication.tryClaim(length, claim);
    if (result > 0) {
      MutableDirectBuffer buffer = claim.buffer();
      int offset = claim.offset();
      long step = model.chunkStep(chunk);
      ChunkFrame.putWeights(buffer, offset, model.run(), model.shard(), step, chunk, count);
      Floats.write(
          model.block(chunk),
          model.offsetInBlock(chunk),
          count,
          buffer,
          offset + ChunkFrame.HEADER_LENGTH);
      claim.commit();
      bytes.inc(length);
    }
    return result;
  }
}
