package io.headwater.model.t5;

import io.headwater.model.GradientProgress;
import io.headwater.model.layers.Attention;
import io.headwater.model.layers.Dropout;
import io.headwater.model.layers.KeyValueCache;
import io.headwater.model.layers.RmsNorm;
import io.headwater.model.tensor.ParameterSpace;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The encoder or the decoder: blocks with their norms in front, and a final norm. */
final class T5Stack {
  private final ParameterSpace space;
  private final double dropout;
  private final long heads;
  private final boolean recomputes;
  private final ScalarType operandType;
  private final RelativePositions positions;
  private final List<Block> blocks = new ArrayList<>();
  private final RmsNorm finalNorm;

  /** The sublayers of one block; an encoder's has no cross attention. */
  private record Block(long begin, T5Attention self, T5Attention cross, T5FeedForward feedForward) {
    Kept forward(Tensor x, Surroundings around, Dropout drops) {
      T5Attention.Result own = self.forward(x, null, around.sequences, around.selfBias, drops);
      T5Attention.Result other =
          cross == null
              ? null
              : cross.forward(own.y(), around.memory, around.sequences, around.crossBias, drops);
      return new Kept(own, other, feedForward.forward((other == null ? own : other).y(), drops));
    }

    void backward(Kept kept, Tensor dx, Tensor dMemory, Tensor dBias) {
      feedForward.backward(kept.feedForward, dx);
      if (cross != null) {
        cross.backward(kept.cross, dx, dMemory, null);
      }
      self.backward(kept.self, dx, null, dBias);
    }
  }

  private record Kept(
      T5Attention.Result self, T5Attention.Result cross, T5FeedForward.Result feedForward) {}

  /**
   * What all blocks read.
   *
   * @param memory the encoder's result; null in an encoder
   * @param selfBias of {@link Attention#bias}
   * @param crossBias likewise; null in an encoder
   */
  private record Surroundings(int sequences, Tensor memory, Tensor selfBias, Tensor crossBias) {}

  /**
   * What the backward pass needs of the forward pass.
   *
   * @param y (N, D)
   * @param inputs of the blocks, (N, D) each, if the blocks are computed again; else empty
   * @param blocks what they keep; empty if they are computed again
   */
  record Result(
      Tensor y,
      Tensor inputMask,
      RelativePositions.Result positions,
      Surroundings around,
      Dropout drops,
      List<Tensor> inputs,
      List<Kept> blocks,
      RmsNorm.Result normed,
      Tensor outputMask) {}

  private T5Stack(
      ParameterSpace space,
      String name,
      T5Config sizes,
      int layers,
      boolean decodes,
      boolean recomputes) {
    this.space = space;
    this.dropout = sizes.dropout();
    this.heads = sizes.heads();
    this.recomputes = recomputes;
    this.operandType = space.operandType();
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

  /**
   * @param recomputes whether the backward pass computes blocks again instead of keeping them
   */
  static T5Stack encoder(ParameterSpace space, T5Config sizes, boolean recomputes) {
    return new T5Stack(
        space, T5CheckpointMapping.ENCODER, sizes, sizes.layers(), false, recomputes);
  }

  /** As {@link #encoder}. */
  static T5Stack decoder(ParameterSpace space, T5Config sizes, boolean recomputes) {
    return new T5Stack(
        space, T5CheckpointMapping.DECODER, sizes, sizes.decoderLayers(), true, recomputes);
  }

  /**
   * @param x (B * T, D), embeddings; dropped from in place
   * @param memory the encoder's result; null in an encoder
   * @param padding (B, 1, 1, Tk) of what the encoder reads, or null
   */
  Result forward(Tensor x, Tensor memory, int sequences, Tensor padding, Dropout drops) {
    Tensor inputMask = drops.mask(x, dropout);
    Dropout.apply(x, inputMask);
    int length = (int) (x.size(0) / sequences);
    RelativePositions.Result near = positions.forward(length);
    Surroundings around = surroundings(near.bias(), memory, sequences, length, padding);
    List<Tensor> inputs = new ArrayList<>();
    List<Kept> kept = new ArrayList<>();
    Tensor hidden = x;
    for (int i = 0; i < blocks.size(); i++) {
      if (recomputes) {
        inputs.add(hidden);
        hidden = forgetful(i, hidden, around, drops);
      } else {
        Kept block = blocks.get(i).forward(hidden, around, drops.part(i));
        kept.add(block);
        hidden = block.feedForward.y();
      }
    }
    RmsNorm.Result normed = finalNorm.forward(hidden);
    Tensor outputMask = drops.mask(normed.y(), dropout);
    Dropout.apply(normed.y(), outputMask);
    return new Result(normed.y(), inputMask, near, around, drops, inputs, kept, normed, outputMask);
  }

  /** A decoder's padding is never looked at. */
  private Surroundings surroundings(
      Tensor positionBias, Tensor memory, int sequences, int length, Tensor padding) {
    Tensor selfBias =
        Attention.bias(
            positionBias, memory == null ? padding : null, sequences, heads, length, operandType);
    Tensor crossBias =
        memory == null
            ? null
            : Attention.bias(null, padding, sequences, heads, length, operandType);
    return new Surroundings(sequences, memory, selfBias, crossBias);
  }

  /** The output of a block that is computed again when it is needed. */
  private Tensor forgetful(int block, Tensor x, Surroundings around, Dropout drops) {
    Tensor y = torch.empty_like(x);
    try (PointerScope untilComputedAgain = new PointerScope()) {
      y.copy_(blocks.get(block).forward(x, around, drops.part(block)).feedForward.y());
    }
    return y;
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
      try (PointerScope scope = new PointerScope()) {
        Block block = blocks.get(i);
        Kept kept =
            recomputes
                ? block.forward(forward.inputs.get(i), forward.around, forward.drops.part(i))
                : forward.blocks.get(i);
        block.backward(kept, dx, dMemory, dBias);
      }
      if (i == 0) {
        positions.backward(forward.positions, dBias); // the first block has it, all have used it
      }
      space.complete(blocks.get(i).begin, progress);
    }
    Dropout.apply(dx, forward.inputMask);
    return dx;
  }
}
