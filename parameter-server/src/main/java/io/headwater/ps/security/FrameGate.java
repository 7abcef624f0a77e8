package io.headwater.ps.security;

import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Lets in the frames of confirmed senders and counts the others. Nothing of a frame but its trailer
 * is looked at before it is found genuine. For one thread.
 *
 * <p>After {@link #open} has returned {@link FrameVerdict#GENUINE}, the frame is at {@link
 * #buffer}, {@link #offset} and {@link #length}, until the next call.
 */
public final class FrameGate {
  private final FrameMode mode;
  private final Long2ObjectHashMap<FrameOpener> openers = new Long2ObjectHashMap<>();
  private final long[] counts = new long[FrameVerdict.values().length];
  private FrameOpener opener;
  private DirectBuffer source;
  private int sourceOffset;
  private DirectBuffer clear;
  private int clearOffset;
  private int clearLength;

  public FrameGate(FrameMode mode) {
    this.mode = Objects.requireNonNull(mode, "mode");
  }

  /** Lets a confirmed sender in. */
  public void admit(SenderKeys sender) {
    for (int stream = 0; stream < SenderKeys.STREAMS; stream++) {
      StreamKey key = sender.stream(stream);
      openers.computeIfAbsent(key.id(), id -> new FrameOpener(mode, key, sender.floor()));
    }
  }

  /** No longer lets a sender in. */
  public void expel(SenderKeys sender) {
    for (int stream = 0; stream < SenderKeys.STREAMS; stream++) {
      openers.remove(sender.stream(stream).id());
    }
  }

  /** Looks at a received frame and counts it. */
  public FrameVerdict open(DirectBuffer buffer, int offset, int length) {
    FrameVerdict verdict = verdict(buffer, offset, length);
    counts[verdict.ordinal()]++;
    if (verdict == FrameVerdict.GENUINE) {
      source = buffer;
      sourceOffset = offset;
      clear = opener.clear();
      clearOffset = opener.clearOffset(offset);
      clearLength = length - FrameCipher.TRAILER_LENGTH;
    }
    return verdict;
  }

  private FrameVerdict verdict(DirectBuffer buffer, int offset, int length) {
    if (offset < 0 || length <= FrameCipher.TRAILER_LENGTH || length > buffer.capacity() - offset) {
      return FrameVerdict.MALFORMED;
    }
    int trailer = offset + length - FrameCipher.TRAILER_LENGTH;
    opener = openers.get(buffer.getLong(trailer + FrameCipher.KEY_ID));
    return opener == null ? FrameVerdict.FOREIGN : opener.open(buffer, offset, length);
  }

  /**
   * The genuine frame cannot be taken yet; it will be handed in again from the same place, and is
   * then neither a replay nor checked twice.
   */
  public void retract() {
    opener.retract(source, sourceOffset);
    counts[FrameVerdict.GENUINE.ordinal()]--;
  }

  public DirectBuffer buffer() {
    return clear;
  }

  public int offset() {
    return clearOffset;
  }

  public int length() {
    return clearLength;
  }

  /** How many frames have met with a verdict. */
  public long count(FrameVerdict verdict) {
    return counts[verdict.ordinal()];
  }
}
