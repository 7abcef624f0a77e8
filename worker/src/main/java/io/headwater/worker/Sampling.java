package io.headwater.worker;

import io.headwater.model.Batch;

/**
 * Which samples a micro-batch has: sample number = step * batch size + micro-batch * rows + row, so
 * that any worker reads any micro-batch of any step.
 *
 * @param batchSize samples of a global batch
 * @param rows samples of a micro-batch
 */
record Sampling(int batchSize, int rows) {
  Batch read(Examples examples, long step, int microBatch) {
    long first = Math.addExact(Math.multiplyExact(step, batchSize), (long) microBatch * rows);
    return examples.read(first, rows);
  }
}
