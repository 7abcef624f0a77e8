package io.headwater.model.layers;

import io.headwater.model.tensor.Buffers;
import org.bytedeco.pytorch.Tensor;

/** Causal attention over all pairs of places, those to come masked. */
final class MaskedAttention implements CausalAttention {
  private final SelfAttention attention;
  private final Tensor future; // (B * H, T, T) view of (T, T)
  private SelfAttention.Result kept;

  MaskedAttention(
      Buffers buffers,
      Tensor qkv,
      Tensor dqkv,
      long sequences,
      long length,
      long heads,
      double dropout) {
    attention = new SelfAttention(buffers, qkv, dqkv, sequences, length, heads, dropout);
    Tensor mask = buffers.operands(length, length);
    mask.fill_(buffers.scalar(Double.NEGATIVE_INFINITY)).triu_(1);
    future = buffers.keep(mask.expand(sequences * heads, length, length));
  }

  @Override
  public Tensor forward(Tensor mask, Dropout dropout) {
    kept = attention.forward(mask == null ? future : mask, dropout);
    return kept.y();
  }

  @Override
  public void backward(Tensor dy) {
    attention.backward(kept, dy);
  }
}
