package io.headwater.driver.pretrain;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.text.SameTokenizer;

/** The weights of a checkpoint that another run begins with. */
final class GivenWeights {
  private static final int BLOCK = 1 << 16; // elements

  private GivenWeights() {}

  /**
   * Checks, before anything is written, that a run can begin with a checkpoint.
   *
   * @param layout of the run's model
   * @throws UserException if it is damaged, lacks a tensor, or reads another vocabulary
   */
  static void check(String directory, TensorLayout layout, CorpusFacts corpus, String corpusName) {
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      SameTokenizer.require("begin with", checkpoint, corpus.tokenizer(), corpusName);
      layout.entries().forEach(entry -> stored(checkpoint, entry));
    }
  }

  /** Copies what a layout has of a checkpoint's weights. */
  static void read(String directory, TensorLayout layout, FlatVector into) {
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      for (TensorLayout.Entry entry : layout.entries()) {
        TensorLayout.Entry stored = stored(checkpoint, entry);
        float[] block = new float[(int) Math.min(BLOCK, entry.elements())];
        for (long done = 0; done < entry.elements(); done += block.length) {
          int count = (int) Math.min(block.length, entry.elements() - done);
          checkpoint.readWeights(stored.offset() + done, block, 0, count);
          into.write(entry.offset() + done, block, 0, count);
        }
      }
    }
  }

  private static TensorLayout.Entry stored(Checkpoint checkpoint, TensorLayout.Entry entry) {
    if (!checkpoint.layout().contains(entry.name())) {
      throw new UserException(
          "Cannot begin with "
              + checkpoint.directory()
              + ": it has no tensor "
              + entry.name()
              + ", which the objective needs");
    }
    TensorLayout.Entry stored = checkpoint.layout().entry(entry.name());
    if (!stored.shape().equals(entry.shape())) {
      throw new UserException(
          "Cannot begin with "
              + checkpoint.directory()
              + ": tensor "
              + entry.name()
              + " has shape "
              + stored.shape()
              + ", config.json says "
              + entry.shape());
    }
    return stored;
  }
}
