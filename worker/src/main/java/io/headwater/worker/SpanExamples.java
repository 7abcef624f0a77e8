package io.headwater.worker;

import io.headwater.corpus.shard.Permutation;
import io.headwater.corpus.shard.TokenWindows;
import io.headwater.model.SpanBatch;
import io.headwater.model.TokenBatch;
import io.headwater.model.t5.SpanTokens;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Windows of text with spans left out. One thread. */
final class SpanExamples implements Examples {
  private final TokenWindows windows;
  private final SpanCorruption corruption;
  private final SpanTokens tokens;
  private final SpanCorruption.Lengths longest;
  private final int textLength;
  private final long seed;
  private final int[] window; // the text, and one token that windows overlap by

  /**
   * @param windows of {@code textLength} tokens
   */
  SpanExamples(TokenWindows windows, int textLength, SpanTokens tokens, long seed) {
    this.windows = windows;
    this.corruption = new SpanCorruption(tokens);
    this.tokens = tokens;
    this.longest = SpanCorruption.lengths(textLength);
    this.textLength = textLength;
    this.seed = seed;
    this.window = new int[textLength + 1];
  }

  @Override
  public long perEpoch() {
    return windows.windowsPerEpoch();
  }

  @Override
  public SpanBatch read(long first, int rows) {
    int[] inputs = new int[rows * longest.input()]; // (B, T)
    int[] targets = new int[rows * longest.target()]; // (B, U)
    int[] lengths = new int[rows];
    Arrays.fill(inputs, tokens.padding());
    Arrays.fill(targets, TokenBatch.IGNORED); // only a split's last window is short
    for (int row = 0; row < rows; row++) {
      int length = Math.min(textLength, windows.read(first + row, window, 0));
      SplittableRandom random = new SplittableRandom(key(first + row));
      int inputAt = row * longest.input();
      int targetAt = row * longest.target();
      lengths[row] =
          corruption.corrupt(window, length, random, inputs, inputAt, targets, targetAt).input();
    }
    return new SpanBatch(rows, inputs, lengths, targets, key(~first));
  }

  private long key(long sample) {
    return Permutation.mix(Permutation.mix(seed) ^ Permutation.mix(sample));
  }
}
