package io.headwater.worker;

import io.headwater.corpus.shard.TokenWindows;
import io.headwater.model.TokenBatch;
import java.util.Arrays;

/** Windows of text, each token the target of the one before it. */
final class NextTokenExamples implements Examples {
  private final TokenWindows windows;
  private final int contextLength;
  private final int[] window;

  NextTokenExamples(TokenWindows windows, int contextLength) {
    this.windows = windows;
    this.contextLength = contextLength;
    this.window = new int[contextLength + 1];
  }

  @Override
  public long perEpoch() {
    return windows.windowsPerEpoch();
  }

  @Override
  public TokenBatch read(long first, int rows) {
    int[] inputs = new int[rows * contextLength]; // (B, T)
    int[] targets = new int[rows * contextLength]; // (B, T)
    Arrays.fill(targets, TokenBatch.IGNORED); // only a split's last window is short
    for (int row = 0; row < rows; row++) {
      int predicted = windows.read(first + row, window, 0) - 1;
      System.arraycopy(window, 0, inputs, row * contextLength, predicted);
      System.arraycopy(window, 1, targets, row * contextLength, predicted);
    }
    return new TokenBatch(rows, contextLength, inputs, targets);
  }
}
