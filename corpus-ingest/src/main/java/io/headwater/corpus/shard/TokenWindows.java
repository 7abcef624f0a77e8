package io.headwater.corpus.shard;

import io.headwater.checkpoint.UserException;

/**
 * Examples of a fixed length cut from a {@link TokenStream}: example {@code i} is a function of
 * (seed, i) alone, the same for every worker, so a run resumes anywhere and nobody keeps a cursor.
 *
 * <p>Each epoch starts at an offset of its own in [0, contextLength), cuts the stream into windows
 * that overlap by the one token that is both target and next input, and visits each window once, in
 * an order of its own. Immutable; safe for use by several threads.
 */
public final class TokenWindows {
  private final TokenStream stream;
  private final int contextLength;
  private final long seed;
  private final boolean shuffled;
  private final long windowsPerEpoch;

  /**
   * Shuffled windows, for training.
   *
   * @throws UserException when the stream holds no whole window
   */
  public TokenWindows(TokenStream stream, int contextLength, long seed) {
    this(stream, contextLength, seed, true);
  }

  private TokenWindows(TokenStream stream, int contextLength, long seed, boolean shuffled) {
    if (contextLength < 1) {
      throw new UserException(
          "Cannot cut windows: context length " + contextLength + " is below 1");
    }
    long tokens = stream.tokens();
    long needed = shuffled ? contextLength + 1L : 2;
    if (tokens < needed) {
      throw new UserException(
          "Cannot cut windows of context length "
              + contextLength
              + ": the split has "
              + tokens
              + " tokens and "
              + needed
              + " are needed");
    }
    this.stream = stream;
    this.contextLength = contextLength;
    this.seed = seed;
    this.shuffled = shuffled;
    // Shuffled: as many as fit whatever the epoch's offset, so that every epoch has the same
    // number.
    this.windowsPerEpoch =
        shuffled
            ? Math.max(1, (tokens - contextLength) / contextLength)
            : (tokens - 1 + contextLength - 1) / contextLength;
  }

  /** Every token once, in order, no shuffle, for validation; the last window may be short. */
  public static TokenWindows sequential(TokenStream stream, int contextLength) {
    return new TokenWindows(stream, contextLength, 0, false);
  }

  public long windowsPerEpoch() {
    return windowsPerEpoch;
  }

  /**
   * Writes the tokens of a sample: inputs and, one later, targets.
   *
   * @param sample from 0; beyond {@link #windowsPerEpoch()} the next epoch begins. Sequential
   *     windows have one epoch.
   * @return the tokens written: contextLength + 1, fewer only in the last sequential window
   */
  public int read(long sample, int[] into, int offset) {
    if (sample < 0 || (!shuffled && sample >= windowsPerEpoch)) {
      throw new IndexOutOfBoundsException("sample " + sample + " of " + windowsPerEpoch);
    }
    long start = shuffled ? shuffledStart(sample) : sample * contextLength;
    int count = (int) Math.min(contextLength + 1L, stream.tokens() - start);
    stream.read(start, count, into, offset);
    return count;
  }

  private long shuffledStart(long sample) {
    long epoch = sample / windowsPerEpoch;
    long key = Permutation.mix(Permutation.mix(seed) + epoch);
    long spare = Math.min(contextLength, stream.tokens() - windowsPerEpoch * contextLength);
    long epochOffset = Long.remainderUnsigned(Permutation.mix(~key), spare);
    long window = Permutation.apply(sample % windowsPerEpoch, windowsPerEpoch, key);
    return epochOffset + window * contextLength;
  }
}
