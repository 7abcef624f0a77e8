package io.headwater.ps.transport;

import io.headwater.checkpoint.FlatVector;
import java.util.Optional;
import org.agrona.CloseHelper;
import org.agrona.collections.Int2ObjectHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The shared vectors of other processes that one thread reads, opened when first named. */
public final class SharedVectors implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedVectors.class);
  private static final int MOST = 4096; // names come from the network

  private final long elements;
  private final Int2ObjectHashMap<Optional<SharedVector>> open = new Int2ObjectHashMap<>();

  /**
   * @param elements of every vector
   */
  public SharedVectors(long elements) {
    this.elements = elements;
  }

  /** A vector by its number, or null if there is none. */
  public FlatVector find(int id) {
    Optional<SharedVector> known = open.get(id);
    if (known == null) {
      known = open.size() < MOST ? SharedVector.open(id, elements) : Optional.empty();
      if (known.isEmpty()) {
        LOG.warn("shared vector {} of {} elements cannot be read", id, elements);
      }
      open.put(id, known);
    }
    return known.isPresent() ? known.get().vector() : null;
  }

  @Override
  public void close() {
    open.values().forEach(vector -> vector.ifPresent(CloseHelper::quietClose));
    open.clear();
  }
}
