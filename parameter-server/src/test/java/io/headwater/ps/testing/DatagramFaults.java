package io.headwater.ps.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * What a seed does to datagrams of Aeron: drops, doubles, delays (which also changes their order),
 * cuts and damages them.
 *
 * <p>Cuts and damage spare the 32 bytes in front of each frame: those are Aeron's, which rightly
 * takes the checksum of UDP for granted, while the payload behind them is checked by ours. For one
 * thread.
 */
public final class DatagramFaults {
  private static final int HEADER = 32;
  private static final int ALIGNMENT = 32;
  private static final int TYPE_OFFSET = 6;
  private static final short DATA = 1;
  private static final long LONGEST_DELAY_NS = 20_000_000;

  /** How often each happens, from 0 to 1. */
  public record Rates(double dropped, double doubled, double delayed, double cut, double damaged) {}

  /** Takes what becomes of a datagram. */
  @FunctionalInterface
  public interface Exit {
    void send(long delayNs, byte[] bytes);
  }

  private final Random random;
  private final Rates rates;
  private long faults;

  public DatagramFaults(long seed, Rates rates) {
    this.random = new Random(seed);
    this.rates = rates;
  }

  /** Lets a datagram through: not at all, once, or twice. */
  void apply(byte[] bytes, Exit exit) {
    if (happens(rates.dropped)) {
      return;
    }
    int times = happens(rates.doubled) ? 2 : 1;
    for (int i = 0; i < times; i++) {
      long delayNs = happens(rates.delayed) ? (long) (random.nextDouble() * LONGEST_DELAY_NS) : 0;
      exit.send(delayNs, damaged(bytes));
    }
  }

  /** Faults so far. Only to be asked when nothing comes by any more. */
  public long faults() {
    return faults;
  }

  private byte[] damaged(byte[] bytes) {
    List<int[]> payloads = payloads(bytes);
    if (payloads.isEmpty()) {
      return bytes;
    }
    byte[] result = bytes.clone();
    if (happens(rates.damaged)) {
      result[within(payloads)] ^= (byte) (1 << random.nextInt(8));
    }
    return happens(rates.cut) ? Arrays.copyOf(result, within(payloads)) : result;
  }

  private int within(List<int[]> payloads) {
    int[] range = payloads.get(random.nextInt(payloads.size()));
    return range[0] + random.nextInt(range[1] - range[0]);
  }

  /** From where to where the payload of each frame of data reaches. */
  private static List<int[]> payloads(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<int[]> found = new ArrayList<>();
    int at = 0;
    while (at + HEADER < bytes.length && buffer.getShort(at + TYPE_OFFSET) == DATA) {
      int end = at + buffer.getInt(at);
      if (end <= at + HEADER || end > bytes.length) {
        break; // a heartbeat
      }
      found.add(new int[] {at + HEADER, end});
      at = end + ALIGNMENT - 1 & -ALIGNMENT;
    }
    return found;
  }

  private boolean happens(double rate) {
    boolean happens = rate > 0 && random.nextDouble() < rate;
    faults += happens ? 1 : 0;
    return happens;
  }
}
