package io.headwater.model.t5;

import io.headwater.model.GradientProgress;
import io.headwater.model.layers.Dropout;
import io.headwater.model.layers.KeyValueCache;
import io.headwater.model.layers.RmsNorm;
import io.headwater.model.tensor.ParameterSpace;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The encoder or the decoder: blocks with their norms in front, and a final norm. */
final class T5Stack {
  private final ParameterSpace space;
  private final double dropout;
  private final RelativePositions positions;
  private final List<Block> blocks = new ArrayList<>();
  private final RmsNorm finalNorm;

  /** The sublayers of one block; an encoder's has no cross attention. */
  private record Block(
      long begin, T5Attention self, T5Attention cross, T5FeedForward feedForward) {}

  private record Kept(
      T5Attention.Result self, T5Attention.Result cross, T5FeedForward.Result feedForward) {}

  /**
   * What the backward pass needs of the forward pass.
   *
   * @param y (N, D)
   */
  record Result(
      Tensor y,
      Tensor inputMask,
      RelativePositions.Result positions,
      List<Kept> blocks,
      RmsNorm.Result normed,
      Tensor outputMask) {}

  private T5Stack(ParameterSpace space, String name, T5Config sizes, int layers, boolean decodes) {
    this.space = space;
    dropout = sizes.dropout();
    for (int i = 0; i < layers; i++) {
      String first = T5CheckpointMapping.sublayer(name, i, 0);
      String second = T5CheckpointMapping.sublayer(name, i, 1);
      String last = decodes ? T5CheckpointMapping.sublayer(name, i, 2) : second;
      blocks.add(
          new Block(
              space.begin(first + "."),
              new T5Attention(space, first, T5CheckpointMapping.SELF_ATTENTION, sizes),
              decodes
                  ? new T5Attention(space, second, T5CheckpointMapping.CROSS_ATTENTION, sizes)
                  : null,
              new T5FeedForward(space, last, sizes)));
    }
    positions =
        new RelativePositions(
            space,
            T5CheckpointMapping.sublayer(name, 0, 0)
                + T5CheckpointMapping.SELF_ATTENTION
                + T5CheckpointMapping.POSITIONS,
            sizes,
            decodes);
    finalNorm = new RmsNorm(space, name + T5CheckpointMapping.FINAL_NORM, sizes.normEpsilon());
  }

  static T5Stack encoder(ParameterSpace space, T5Config sizes) {
    return new T5Stack(space, T5CheckpointMapping.ENCODER, sizes, sizes.layers(), false);
  }

  static T5Stack decoder(ParameterSpace space, T5Config sizes) {
    return new T5Stack(space, T5CheckpointMapping.DECODER, sizes, sizes.decoderLayers(), true);
  }

  /**
   * @param x (B * T, D), embeddings; dropped from in place
   * @param memory the encoder's result; null in an encoder
   * @param padding (B, 1, 1, Tk) of what the encoder reads, or null
   */
  Result forward(Tensor x, Tensor memory, int sequences, Tensor padding, Dropout drops) {
    Tensor inputMask = drops.mask(x, dropout);
    Dropout.apply(x, inputMask);
    RelativePositions.Result near = positions.forward((int) (x.size(0) / sequences));
    Tensor ownPadding = memory == null ? padding : null; // a decoder's padding is never looked at
    List<Kept> kept = new ArrayList<>();
    Tensor hidden = x;
    for (Block block : blocks) {
      T5Attention.Result self =
          block.self.forward(hidden, null, sequences, near.bias(), ownPadding, drops);
      T5Attention.Result cross =
          memory == null
              ? null
              : block.cross.forward(self.y(), memory, sequences, null, padding, drops);
      T5FeedForward.Result end =
          block.feedForward.forward(cross == null ? self.y() : cross.y(), drops);
      kept.add(new Kept(self, cross, end));
      hidden = end.y();
    }
    RmsNorm.Result normed = finalNorm.forward(hidden);
    Tensor outputMask = drops.mask(normed.y(), dropout);
    Dropout.apply(normed.y(), outputMask);
    return new Result(normed.y(), inputMask, near, kept, normed, outputMask);
  }

  /**
   * A decoder's caches for texts being written.
   *
   * @param self of what was written, for each block
   * @param memory of what the encoder read, for each block
   */
  record Caches(List<KeyValueCache> self, List<KeyValueCache> memory) implements AutoCloseable {
    /**
     * Empty ones; to be called outside any {@code PointerScope}.
     *
     * @param like of whose type and device they become
     */
    static Caches of(Tensor like, T5Config sizes, long sequences, long read, long written) {
      Caches caches = new Caches(new ArrayList<>(), new ArrayList<>());
      for (int i = 0; i < sizes.decoderLayers(); i++) {
        long heads = sizes.heads();
        caches.self.add(new KeyValueCache(like, sequences, heads, written, sizes.headSize()));
        caches.memory.add(new KeyValueCache(like, sequences, heads, read, sizes.headSize()));
      }
      return caches;
    }

    void select(Tensor rows) {
      self.forEach(cache -> cache.select(rows));
      memory.forEach(cache -> cache.select(rows));
    }

    @Override
    public void close() {
      self.forEach(KeyValueCache::close);
      memory.forEach(KeyValueCache::close);
    }
  }

  /**
   * Has the decoder read the encoder's result.
   *
   * @param memory (M, D)
   */
  void remember(Tensor memory, Caches caches, long sequences) {
    for (int i = 0; i < blocks.size(); i++) {
      blocks.get(i).cross.remember(memory, caches.memory.get(i), sequences);
    }
  }

  /**
   * Reads a token more of each text.
   *
   * @param x (R, D), embeddings
   * @param place of the token in its text
   * @param padding broadcast to (R, H, 1, Tk) of what the encoder read, minus infinity where it is
   *     padding; null if there is none
   * @return (R, D), new
   */
  Tensor extend(Tensor x, int place, Caches caches, Tensor padding) {
    Tensor near = positions.row(place);
    Tensor hidden = x;
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      hidden = block.self.extend(hidden, caches.self.get(i), near);
      hidden = block.cross.consult(hidden, caches.memory.get(i), padding);
      hidden = block.feedForward.forward(hidden, Dropout.NONE).y();
    }
    return finalNorm.forward(hidden).y();
  }

  /**
   * @param dy (N, D), overwritten
   * @param dMemory to which the gradient of the memory is added; null in an encoder
   * @param progress is told of this stack's parameters; those behind them are complete
   * @return the gradient of the embeddings, (N, D)
   */
  Tensor backward(Result forward, Tensor dy, Tensor dMemory, GradientProgress progress) {
    Dropout.apply(dy, forward.outputMask);
    Tensor dx = finalNorm.backward(forward.normed, dy);
    Tensor dBias = torch.zeros_like(forward.positions.bias());
    for (int i = blocks.size() - 1; i >= 0; i--) {
      Block block = blocks.get(i);
      Kept kept = forward.blocks.get(i);
      block.feedForward.backward(kept.feedForward, dx);
      if (block.cross != null) {
        block.cross.backward(kept.cross, dx, dMemory, null);
      }
      block.self.backward(kept.self, dx, null, dBias);
      if (i == 0) {
        positions.backward(forward.positions, dBias); // the first block has it, all have used it
      }
      space.complete(block.begin, progress);
    }
    Dropout.apply(dx, forward.inputMask);
    return dx;
  }
}
