package io.headwater.ps.security;

import java.util.ArrayList;
import java.util.List;

/** The keys of all streams of one sender, as one receiver knows them. */
public final class SenderKeys {
  /** Streams that a sender can write to; each has its own key. */
  public static final int STREAMS = 8;

  private final List<StreamKey> streams = new ArrayList<>();
  private final long floor;

  /**
   * @param floor sequences up to this one were used before the receiver knew the sender
   */
  SenderKeys(byte[] pseudorandomKey, String purpose, byte[] context, long floor) {
    for (int stream = 0; stream < STREAMS; stream++) {
      streams.add(StreamKey.derive(pseudorandomKey, purpose, context, stream));
    }
    this.floor = floor;
  }

  /** Whether they are of the same process. */
  public boolean areThoseOf(SenderKeys other) {
    return streams.equals(other.streams);
  }

  StreamKey stream(int number) {
    return streams.get(number);
  }

  long floor() {
    return floor;
  }
}
