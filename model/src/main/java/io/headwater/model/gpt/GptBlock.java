package io.headwater.model.gpt;

import io.headwater.model.Objective;
import io.headwater.model.layers.CausalAttention;
import io.headwater.model.layers.Dropout;
import io.headwater.model.layers.Gelu;
import io.headwater.model.layers.KeyValueCache;
import io.headwater.model.layers.LayerNorm;
import io.headwater.model.layers.Linear;
import io.headwater.model.tensor.Buffers;
import io.headwater.model.tensor.ParameterSpace;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * One transformer block with the norms in front: {@code x += attention(norm(x)); x +=
 * mlp(norm(x))}.
 *
 * <p>Parameters live as long as the model, {@link Activations} as long as a batch shape.
 */
final class GptBlock {
  private final long begin;
  private final long heads;
  private final double dropout; // of what is added to the residual stream
  private final LayerNorm attentionNorm;
  private final Linear projectIn; // D -> 3D: queries, keys, values
  private final Linear projectOut; // D -> D
  private final LayerNorm mlpNorm;
  private final Linear expand; // D -> 4D
  private final Linear contract; // 4D -> D

  GptBlock(ParameterSpace space, String name, GptConfig sizes) {
    begin = space.begin(name + ".");
    double epsilon = sizes.layerNormEpsilon();
    heads = sizes.heads();
    dropout = sizes.dropout().residual();
    attentionNorm = new LayerNorm(space, name + ".ln_1", epsilon);
    projectIn = new Linear(space, name + ".attn.c_attn");
    projectOut = new Linear(space, name + ".attn.c_proj");
    mlpNorm = new LayerNorm(space, name + ".ln_2", epsilon);
    expand = new Linear(space, name + ".mlp.c_fc");
    contract = new Linear(space, name + ".mlp.c_proj");
  }

  /** The first of its elements in the flat vectors. */
  long begin() {
    return begin;
  }

  /** What all blocks share: gradients on their way down, and the activation's working space. */
  static final class Scratch {
    private final Tensor dHidden; // (N, D)
    private final Tensor dQkv; // (N, 3D)
    private final Tensor dActivation; // (N, 4D)
    private final Gelu gelu;

    Scratch(Buffers buffers, long rows, long width) {
      dHidden = buffers.floats(rows, width);
      dQkv = buffers.operands(rows, 3 * width);
      dActivation = buffers.operands(rows, 4 * width);
      gelu = new Gelu(buffers, rows, 4 * width);
    }
  }

  /** What a block keeps from the forward pass for the backward pass, for one batch shape. */
  static final class Activations {
    private final Tensor middle; // (N, D): x after attention
    private final Tensor output; // (N, D): x after the MLP
    private final Tensor qkv; // (N, 3D)
    private final Tensor expanded; // (N, 4D): the MLP before its activation, then its derivative
    private final Tensor activated; // (N, 4D)
    private final Tensor activatedTransposed;
    private final CausalAttention attention;
    private Tensor input; // (N, D)
    private LayerNorm.Result attentionInput;
    private Tensor attended; // (N, D)
    private Tensor attendedMask; // of the dropout behind; null if there is none
    private LayerNorm.Result mlpInput;
    private Tensor outputMask; // likewise

    Activations(Buffers buffers, Scratch scratch, GptConfig sizes, long sequences, long length) {
      long rows = sequences * length;
      long width = sizes.hiddenSize();
      middle = buffers.floats(rows, width);
      output = buffers.floats(rows, width);
      qkv = buffers.operands(rows, 3 * width);
      expanded = buffers.operands(rows, 4 * width);
      activated = buffers.operands(rows, 4 * width);
      activatedTransposed = buffers.keep(activated.t());
      attention =
          CausalAttention.of(
              buffers,
              qkv,
              scratch.dQkv,
              sequences,
              length,
              sizes.heads(),
              sizes.dropout().attention(),
              sizes.objective() == Objective.CAUSAL_LM_WITHIN_DOCUMENTS);
    }
  }

  /**
   * @param x (N, D), unchanged
   * @param mask of {@link CausalAttention#forward}
   * @return (N, D)
   */
  Tensor forward(Tensor x, Tensor mask, Dropout drops, Activations kept, Scratch scratch) {
    kept.input = x;
    kept.attentionInput = attentionNorm.forward(x);
    projectIn.forward(kept.attentionInput.y(), kept.qkv);
    kept.attended = kept.attention.forward(mask, drops);
    kept.attendedMask = add(projectOut, x, kept.attended, drops, kept.middle);

    kept.mlpInput = mlpNorm.forward(kept.middle);
    expand.forward(kept.mlpInput.y(), kept.expanded);
    scratch.gelu.forward(kept.expanded, kept.activated);
    kept.outputMask = add(contract, kept.middle, kept.activated, drops, kept.output);
    return kept.output;
  }

  /**
   * {@code y = residual + dropout(layer(x))}.
   *
   * @return the mask; null if nothing is dropped
   */
  private Tensor add(Linear layer, Tensor residual, Tensor x, Dropout drops, Tensor y) {
    Tensor mask = drops.mask(residual, dropout);
    if (mask == null) {
      layer.forward(residual, x, y);
    } else {
      layer.forward(x, y);
      y.mul_(mask).add_(residual);
    }
    return mask;
  }

  /**
   * Of tokens that go on from what a cache holds, without what a backward pass needs.
   *
   * @param x (R * T, D)
   * @param cache to which the tokens' keys and values are added
   * @param mask added to the scores of keys, broadcast to (R, H, T, Tk); null if there is none
   * @return (R * T, D), new
   */
  Tensor extend(Tensor x, long sequences, KeyValueCache cache, Tensor mask) {
    long length = x.size(0) / sequences;
    Tensor qkv = projectIn.forward(attentionNorm.forward(x).y());
    Tensor split = qkv.view(sequences, length, 3, heads, -1).permute(2, 0, 3, 1, 4);
    cache.append(split.select(0, 1), split.select(0, 2));
    Tensor query = split.select(0, 0); // (R, H, T, D/H)
    Tensor attended = cache.attend(query, mask, 1 / Math.sqrt(query.size(3)));
    Tensor joined = attended.transpose(1, 2).contiguous().view(x.size(0), x.size(1));
    Tensor middle = projectOut.forward(joined).add_(x);
    Tensor expanded = expand.forward(mlpNorm.forward(middle).y());
    return contract.forward(torch.gelu(expanded, "tanh")).add_(middle);
  }

  /**
   * @param dx (N, D), the gradient of the output; becomes that of the input
   */
  void backward(Tensor dx, Activations kept, Scratch scratch) {
    Tensor dActivation = scratch.dActivation;
    contract.backward(kept.activatedTransposed, masked(dx, kept.outputMask), dActivation);
    scratch.gelu.backward(kept.expanded, dActivation);
    expand.backward(kept.mlpInput.y().t(), dActivation, scratch.dHidden);
    dx.add_(mlpNorm.backward(kept.middle, kept.mlpInput, scratch.dHidden));

    projectOut.backward(kept.attended.t(), masked(dx, kept.attendedMask), scratch.dHidden);
    kept.attention.backward(scratch.dHidden);
    projectIn.backward(kept.attentionInput.y().t(), scratch.dQkv, scratch.dHidden);
    dx.add_(attentionNorm.backward(kept.input, kept.attentionInput, scratch.dHidden));
  }

  private static Tensor masked(Tensor gradient, Tensor mask) {
    return mask == null ? gradient : gradient.mul(mask);
  }
}
