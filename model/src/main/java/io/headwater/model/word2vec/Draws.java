package io.headwater.model.word2vec;

/** The linear congruential generator of the original program; one per thread. */
final class Draws {
  private static final long MULTIPLIER = 25214903917L;
  private static final long INCREMENT = 11;

  private long state;

  Draws(long seed) {
    // Neighbouring seeds (threads, epochs) must not begin alike.
    long mixed = (seed ^ (seed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    this.state = mixed ^ (mixed >>> 31);
  }

  /** What decides all that is drawn from now on. */
  long state() {
    return state;
  }

  /** Goes on where another had this {@link #state}. */
  void restore(long saved) {
    state = saved;
  }

  /** From 0 to {@code bound - 1}. */
  int below(int bound) {
    return (int) (((bits() & 0xffffffffL) * bound) >>> 32);
  }

  /** From 0 to 1, without 1. */
  float fraction() {
    return (bits() & 0xffffff) * 0x1p-24f;
  }

  private long bits() {
    state = state * MULTIPLIER + INCREMENT;
    return state >>> 24;
  }
}
