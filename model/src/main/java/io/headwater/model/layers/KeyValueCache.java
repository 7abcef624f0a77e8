package io.headwater.model.layers;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * The keys and values of one attention layer for R texts being written, so that a new token need
 * not compute them again.
 *
 * <p>Its tensors outlive a step: make and {@link #select} it outside any {@code PointerScope}.
 */
public final class KeyValueCache implements AutoCloseable {
  private Tensor keys; // (R, H, capacity, D/H)
  private Tensor values; // (R, H, capacity, D/H)
  private long length;

  /**
   * An empty one.
   *
   * @param like of whose type and device it becomes
   */
  public KeyValueCache(Tensor like, long rows, long heads, long capacity, long headSize) {
    keys = like.new_empty(rows, heads, capacity, headSize);
    values = like.new_empty(rows, heads, capacity, headSize);
  }

  /**
   * Appends the keys and values of tokens.
   *
   * @param newKeys (R, H, Tq, D/H)
   * @param newValues (R, H, Tq, D/H)
   */
  public void append(Tensor newKeys, Tensor newValues) {
    long count = newKeys.size(2);
    keys.narrow(2, length, count).copy_(newKeys);
    values.narrow(2, length, count).copy_(newValues);
    length += count;
  }

  /**
   * {@code softmax(scale Q K^T + mask) V} over all keys so far.
   *
   * @param query (R, H, Tq, D/H)
   * @param mask added to the scores, broadcast to (R, H, Tq, Tk); null if there is none
   * @return (R, H, Tq, D/H)
   */
  public Tensor attend(Tensor query, Tensor mask, double scale) {
    return torch.scaled_dot_product_attention(
        query,
        keys.narrow(2, 0, length),
        values.narrow(2, 0, length),
        mask == null ? new TensorOptional() : new TensorOptional(mask),
        0,
        false,
        new DoubleOptional(scale),
        false);
  }

  /**
   * Puts other texts in place of these.
   *
   * @param rows (R'), the texts to go on from
   */
  public void select(Tensor rows) {
    Tensor chosenKeys = keys.index_select(0, rows);
    Tensor chosenValues = values.index_select(0, rows);
    close();
    keys = chosenKeys;
    values = chosenValues;
  }

  @Override
  public void close() {
    keys.close();
    values.close();
  }
}
