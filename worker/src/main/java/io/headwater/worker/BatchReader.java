package io.headwater.worker;

import io.headwater.corpus.shard.TokenWindows;
import io.headwater.model.TokenBatch;

/**
 * The samples of a micro-batch: sample number = step * batch size + micro-batch * its size + row,
 * so that any worker reads any micro-batch of any step.
 */
final class BatchReader {
  private final TokenWindows windows;
  private final int contextLength;
  private final int batchSize;
  private final int rows;
  private final int[] window;

  BatchReader(TokenWindows windows, int contextLength, int batchSize, int rows) {
    this.windows = windows;
    this.contextLength = contextLength;
    this.batchSize = batchSize;
    this.rows = rows;
    this.window = new int[contextLength + 1];
  }

  TokenBatch read(long step, int microBatch) {
    int[] inputs = new int[rows * contextLength]; // (B, T)
    int[] targets = new int[rows * contextLength]; // (B, T)
    long first = Math.addExact(Math.multiplyExact(step, batchSize), (long) microBatch * rows);
    for (int row = 0; row < rows; row++) {
      windows.read(first + row, window, 0);
      System.arraycopy(window, 0, inputs, row * contextLength, contextLength);
      System.arraycopy(window, 1, targets, row * contextLength, contextLength);
    }
    return new TokenBatch(rows, contextLength, inputs, targets);
  }
}
