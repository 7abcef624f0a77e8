package io.headwater.model.bert;

import io.headwater.model.layers.Dense;
import io.headwater.model.layers.Dropout;
import io.headwater.model.layers.LayerNorm;
import io.headwater.model.layers.SelfAttention;
import io.headwater.model.tensor.Buffers;
import io.headwater.model.tensor.ParameterSpace;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * One transformer block with the norms behind: {@code x = norm(x + attention(x)); x = norm(x +
 * mlp(x))}.
 *
 * <p>Parameters live as long as the model, {@link Activations} as long as a batch shape.
 */
final class BertBlock {
  private final long begin;
  private final double dropout;
  private final Dense projectIn; // D -> 3D: queries, keys, values
  private final Dense projectOut; // D -> D
  private final LayerNorm attentionNorm;
  private final Dense expand; // D -> I
  private final Dense contract; // I -> D
  private final LayerNorm outputNorm;

  BertBlock(ParameterSpace space, String name, BertConfig sizes) {
    double epsilon = sizes.layerNormEpsilon();
    begin = space.begin(name + ".");
    dropout = sizes.dropout();
    projectIn = new Dense(space, BertCheckpointMapping.projections(name));
    projectOut = new Dense(space, name + ".attention.output.dense");
    attentionNorm = new LayerNorm(space, name + ".attention.output.LayerNorm", epsilon);
    expand = new Dense(space, name + ".intermediate.dense");
    contract = new Dense(space, name + ".output.dense");
    outputNorm = new LayerNorm(space, name + ".output.LayerNorm", epsilon);
  }

  /** The first of its elements in the flat vectors. */
  long begin() {
    return begin;
  }

  /** Gradients on their way down, which all blocks share. */
  static final class Scratch {
    private final Tensor dHidden; // (N, D)
    private final Tensor dQkv; // (N, 3D)
    private final Tensor dExpanded; // (N, I)

    Scratch(Buffers buffers, long rows, BertConfig sizes) {
      dHidden = buffers.floats(rows, sizes.hiddenSize());
      dQkv = buffers.operands(rows, 3L * sizes.hiddenSize());
      dExpanded = buffers.operands(rows, sizes.intermediateSize());
    }
  }

  /** What a block keeps from the forward pass for the backward pass, for one batch shape. */
  static final class Activations {
    private final Tensor qkv; // (N, 3D)
    private final Tensor middle; // (N, D): x + attention(x)
    private final Tensor expanded; // (N, I): the MLP before its activation
    private final Tensor activated; // (N, I)
    private final Tensor end; // (N, D): x + mlp(x)
    private final SelfAttention attention;
    private Tensor input; // (N, D)
    private SelfAttention.Result attended;
    private Tensor attentionMask;
    private LayerNorm.Result normed;
    private Tensor outputMask;
    private LayerNorm.Result output;

    Activations(Buffers buffers, Scratch scratch, BertConfig sizes, long sequences, long length) {
      long rows = sequences * length;
      qkv = buffers.operands(rows, 3L * sizes.hiddenSize());
      middle = buffers.floats(rows, sizes.hiddenSize());
      expanded = buffers.operands(rows, sizes.intermediateSize());
      activated = buffers.operands(rows, sizes.intermediateSize());
      end = buffers.floats(rows, sizes.hiddenSize());
      attention =
          new SelfAttention(
              buffers,
              qkv,
              scratch.dQkv,
              sequences,
              length,
              sizes.heads(),
              sizes.attentionDropout());
    }
  }

  /**
   * @param x (N, D), unchanged
   * @param bias of {@link io.headwater.model.layers.Attention#bias}
   * @return (N, D)
   */
  Tensor forward(Tensor x, Tensor bias, Dropout drops, Activations kept) {
    kept.input = x;
    projectIn.forward(x, kept.qkv);
    kept.attended = kept.attention.forward(bias, drops);
    projectOut.forward(kept.attended.y(), kept.middle);
    kept.attentionMask = drops.mask(kept.middle, dropout);
    Dropout.apply(kept.middle, kept.attentionMask);
    kept.middle.add_(x);
    kept.normed = attentionNorm.forward(kept.middle);

    expand.forward(kept.normed.y(), kept.expanded);
    torch.gelu_out(kept.activated, kept.expanded);
    contract.forward(kept.activated, kept.end);
    kept.outputMask = drops.mask(kept.end, dropout);
    Dropout.apply(kept.end, kept.outputMask);
    kept.end.add_(kept.normed.y());
    kept.output = outputNorm.forward(kept.end);
    return kept.output.y();
  }

  /**
   * @param dx (N, D), the gradient of the output; becomes that of the input
   */
  void backward(Tensor dx, Activations kept, Scratch scratch) {
    Tensor dEnd = outputNorm.backward(kept.end, kept.output, dx);
    contract.backward(kept.activated, masked(dEnd, kept.outputMask), scratch.dExpanded);
    Tensor dExpanded = torch.gelu_backward(scratch.dExpanded, kept.expanded);
    expand.backward(kept.normed.y(), dExpanded, scratch.dHidden);
    dEnd.add_(scratch.dHidden);

    Tensor dMiddle = attentionNorm.backward(kept.middle, kept.normed, dEnd);
    projectOut.backward(kept.attended.y(), masked(dMiddle, kept.attentionMask), scratch.dHidden);
    kept.attention.backward(kept.attended, scratch.dHidden);
    projectIn.backward(kept.input, scratch.dQkv, dx);
    dx.add_(dMiddle);
  }

  private static Tensor masked(Tensor gradient, Tensor mask) {
    return mask == null ? gradient : gradient.mul(mask);
  }
}
