package io.headwater.ps.sparse;

import java.nio.charset.StandardCharsets;

/** Bijective mixing of 64 bits: neighbouring numbers come out far apart. */
final class IdHash {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private IdHash() {}

  /** The finaliser of SplitMix64 (Steele et al., OOPSLA 2014; Stafford's variant 13). */
  static long mix(long value) {
    long z = value + GOLDEN;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  static long of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    long hash = bytes.length;
    for (byte b : bytes) {
      hash = mix(hash ^ b);
    }
    return hash;
  }
}
