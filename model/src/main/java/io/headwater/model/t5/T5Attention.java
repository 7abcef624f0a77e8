package io.headwater.model.t5;

import io.headwater.model.layers.Attention;
import io.headwater.model.layers.Dense;
import io.headwater.model.layers.Dropout;
import io.headwater.model.layers.KeyValueCache;
import io.headwater.model.layers.RmsNorm;
import io.headwater.model.tensor.ParameterSpace;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * {@code x + attention(norm(x))}, of a sequence to itself or to the encoder's result. I is the
 * width of all heads.
 */
final class T5Attention {
  private static final long[] FIRST = {0};

  private final long headSize;
  private final double dropout;
  private final RmsNorm norm;
  private final Dense query; // D -> I
  private final Dense key; // D -> I
  private final Dense value; // D -> I
  private final Dense out; // I -> D
  private final Attention attention;

  /**
   * What the backward pass needs of the forward pass.
   *
   * @param y (N, D)
   * @param read (M, D), what keys and values are made of
   * @param joined (N, I)
   * @param mask of the dropout; null if there is none
   */
  record Result(
      Tensor y,
      RmsNorm.Result normed,
      Tensor read,
      Attention.Result attended,
      Tensor joined,
      Tensor mask) {}

  T5Attention(ParameterSpace space, String sublayer, String kind, T5Config sizes) {
    headSize = sizes.headSize();
    dropout = sizes.dropout();
    norm = new RmsNorm(space, sublayer + T5CheckpointMapping.NORM, sizes.normEpsilon());
    query = Dense.withoutBias(space, sublayer + kind + ".q");
    key = Dense.withoutBias(space, sublayer + kind + ".k");
    value = Dense.withoutBias(space, sublayer + kind + ".v");
    out = Dense.withoutBias(space, sublayer + kind + ".o");
    attention = new Attention(1, sizes.dropout());
  }

  /**
   * @param x (N, D)
   * @param memory (M, D), the encoder's result; null for a sequence to itself
   * @param bias of {@link Attention#bias}
   */
  Result forward(Tensor x, Tensor memory, long sequences, Tensor bias, Dropout drops) {
    RmsNorm.Result normed = norm.forward(x);
    Tensor read = memory == null ? normed.y() : memory;
    Attention.Result attended =
        attention.forward(
            heads(query.forward(normed.y()), sequences),
            heads(key.forward(read), sequences),
            heads(value.forward(read), sequences),
            bias,
            drops);
    Tensor joined = joined(attended.heads());
    Tensor y = out.forward(joined);
    Tensor mask = drops.mask(y, dropout);
    Dropout.apply(y, mask);
    return new Result(x.add(y), normed, read, attended, joined, mask);
  }

  /**
   * @param dx (N, D), the gradient of y; becomes that of x
   * @param dMemory (M, D), to which the memory's is added; null for a sequence to itself
   * @param dBias (H, Tq, Tk), to which the bias's is added; null if there was none
   */
  void backward(Result kept, Tensor dx, Tensor dMemory, Tensor dBias) {
    Tensor dJoined = torch.empty_like(kept.joined);
    out.backward(kept.joined, kept.mask == null ? dx : dx.mul(kept.mask), dJoined);
    Attention.Gradient above =
        attention.backward(kept.attended, heads(dJoined, kept.attended.heads().size(0)));
    Tensor dNormed = torch.empty_like(kept.normed.y());
    query.backward(kept.normed.y(), joined(above.query()), dNormed);
    Tensor ofKeys = torch.empty_like(kept.read);
    Tensor ofValues = torch.empty_like(kept.read);
    key.backward(kept.read, joined(above.key()), ofKeys);
    value.backward(kept.read, joined(above.value()), ofValues);
    (dMemory == null ? dNormed : dMemory).add_(ofKeys).add_(ofValues);
    if (dBias != null) {
      dBias.add_(above.scores().sum(FIRST, false, new ScalarTypeOptional(ScalarType.Float)));
    }
    dx.add_(norm.backward(kept.normed, dNormed));
  }

  /**
   * Attention of new tokens to a sequence that a cache holds, and to themselves.
   *
   * @param x (R, D), a token of each text
   * @param cache to which the tokens' keys and values are added
   * @param bias broadcast to (R, H, 1, Tk)
   * @return (R, D), new
   */
  Tensor extend(Tensor x, KeyValueCache cache, Tensor bias) {
    Tensor normed = norm.forward(x).y();
    cache.append(heads(key.forward(normed), x.size(0)), heads(value.forward(normed), x.size(0)));
    return read(x, normed, cache, bias);
  }

  /**
   * Attention of new tokens to the encoder's result.
   *
   * @param x (R, D), a token of each text
   * @param padding broadcast to (R, H, 1, Tk); null if there is none
   * @return (R, D), new
   */
  Tensor consult(Tensor x, KeyValueCache memory, Tensor padding) {
    return read(x, norm.forward(x).y(), memory, padding);
  }

  /** Puts keys and values of the encoder's result (M, D) into a cache, for {@link #consult}. */
  void remember(Tensor memory, KeyValueCache cache, long sequences) {
    cache.append(heads(key.forward(memory), sequences), heads(value.forward(memory), sequences));
  }

  private Tensor read(Tensor x, Tensor normed, KeyValueCache cache, Tensor mask) {
    Tensor queries = query.forward(normed).to(x.scalar_type()); // the cache is of float32
    Tensor attended = cache.attend(heads(queries, x.size(0)), mask, 1);
    return x.add(out.forward(joined(attended)));
  }

  /** (N, I) as (B, H, T, I/H), a view. */
  private Tensor heads(Tensor x, long sequences) {
    long length = x.size(0) / sequences;
    return x.view(sequences, length, x.size(1) / headSize, headSize).transpose(1, 2);
  }

  /** (B, H, T, I/H) as (N, I), a copy. */
  private static Tensor joined(Tensor heads) {
    long width = heads.size(1) * heads.size(3);
    return heads.transpose(1, 2).contiguous().view(heads.size(0) * heads.size(2), width);
  }
}
