package io.headwater.ps.client;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.transport.SharedVector;
import java.util.Optional;
import org.agrona.CloseHelper;

/** The gradient on its way out: kept until every shard has taken it in. */
final class PushBuffer implements AutoCloseable {
  private final SharedVector shared; // null if no shard can read this process's memory
  private final FlatVector vector;

  private PushBuffer(SharedVector shared, FlatVector vector) {
    this.shared = shared;
    this.vector = vector;
  }

  static PushBuffer allocate(long elements, boolean forLocalShards) {
    Optional<SharedVector> shared =
        forLocalShards ? SharedVector.create(elements) : Optional.empty();
    return shared
        .map(memory -> new PushBuffer(memory, memory.vector()))
        .orElseGet(() -> new PushBuffer(null, FlatVector.allocate(elements)));
  }

  FlatVector vector() {
    return vector;
  }

  /** Number of the shared vector; 0 if it is not shared. */
  int sharedId() {
    return shared == null ? 0 : shared.id();
  }

  @Override
  public void close() {
    CloseHelper.quietClose(shared == null ? vector : shared);
  }
}
