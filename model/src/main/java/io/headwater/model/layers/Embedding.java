package io.headwater.model.layers;

import io.headwater.model.tensor.ParameterSpace;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Token and learned position embeddings, added. */
public final class Embedding {
  private final Tensor tokens; // (V, D)
  private final Tensor positions; // (context length, D)
  private final Tensor tokensGradient;
  private final Tensor positionsGradient;

  public Embedding(ParameterSpace space, String tokens, String positions) {
    this.tokens = space.parameter(tokens);
    this.positions = space.parameter(positions);
    this.tokensGradient = space.gradient(tokens);
    this.positionsGradient = space.gradient(positions);
  }

  /**
   * @param ids (N)
   * @param x (N, D), overwritten
   */
  public void forward(Tensor ids, Tensor x, long sequences, long length) {
    torch.index_select_out(x, tokens, 0, ids);
    x.view(sequences, length, -1).add_(positions.narrow(0, 0, length));
  }

  /**
   * Of tokens that stand anywhere.
   *
   * @param ids (N)
   * @param places (N)
   * @return (N, D), new
   */
  public Tensor at(Tensor ids, Tensor places) {
    return tokens.index_select(0, ids).add_(positions.index_select(0, places));
  }

  /**
   * Adds to the tokens' gradient, on which a tied head may have written, and writes the positions'.
   *
   * @param dx (N, D)
   */
  public void backward(Tensor ids, Tensor dx, long sequences, long length) {
    tokensGradient.index_add_(0, ids, dx);
    long unused = positions.size(0) - length;
    if (unused > 0) {
      positionsGradient.narrow(0, length, unused).zero_();
    }
    torch.sum_out(positionsGradient.narrow(0, 0, length), dx.view(sequences, length, -1), 0);
  }

  /** To be called before {@link #backward} where no head is tied to the tokens. */
  public void clearGradient() {
    tokensGradient.zero_();
  }
}
