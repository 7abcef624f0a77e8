package io.headwater.ps.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Frames as an attacker might make them from good ones, or from nothing; the same for one seed. */
public final class FrameMutations {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int[] EXTREMES = {
    Integer.MIN_VALUE, Integer.MAX_VALUE, -1, 0, 1, 2, 0x7fff_fff0, 1 << 30, 1 << 24, 0xffff, 255
  };
  private static final int MAX_RANDOM = 300;
  private static final int LENGTH = 4; // where all frames keep theirs

  private final Random random;
  private final List<byte[]> samples;

  public FrameMutations(long seed, List<byte[]> samples) {
    this.random = new Random(seed);
    this.samples = List.copyOf(samples);
  }

  /** The next frame. */
  public byte[] next() {
    if (random.nextInt(10) == 0) {
      byte[] noise = new byte[random.nextInt(MAX_RANDOM)];
      random.nextBytes(noise);
      return noise;
    }
    byte[] frame = samples.get(random.nextInt(samples.size())).clone();
    for (int i = random.nextInt(4); i > 0 && frame.length > 0; i--) {
      frame = mutated(frame);
    }
    if (frame.length >= LENGTH + Integer.BYTES && random.nextBoolean()) {
      put(frame, LENGTH, frame.length);
    }
    return frame;
  }

  /** Whether the next checksum is to be made right, so that what lies behind it is reached. */
  public boolean repairs() {
    return random.nextInt(4) != 0;
  }

  public int nextInt(int bound) {
    return random.nextInt(bound);
  }

  private byte[] mutated(byte[] frame) {
    int at = random.nextInt(frame.length);
    switch (random.nextInt(7)) {
      case 0 -> frame[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> frame[at] = (byte) random.nextInt();
      case 2, 3 -> put(frame, at & -4, EXTREMES[random.nextInt(EXTREMES.length)]);
      case 4 -> put(frame, at, random.nextInt());
      case 5 -> {
        return Arrays.copyOf(frame, random.nextInt(2 * frame.length));
      }
      default -> {
        byte[] other = samples.get(random.nextInt(samples.size()));
        int length = Math.min(frame.length, other.length) - at;
        if (length > 0) {
          System.arraycopy(other, at, frame, at, length);
        }
      }
    }
    return frame;
  }

  private static void put(byte[] frame, int at, int value) {
    for (int i = 0; i < Integer.BYTES && at + i < frame.length; i++) {
      frame[at + i] = (byte) (value >>> 8 * i);
    }
  }

  /** Bytes that the current thread has allocated so far. */
  public static long allocated() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }
}
