package io.headwater.model.t5;

import io.headwater.checkpoint.UserException;
import io.headwater.model.Decoding;
import io.headwater.model.tensor.Buffers;
import io.headwater.model.tensor.Ids;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What a T5's decoder writes, all texts from the same place on. */
final class T5Decoding implements Decoding {
  private final T5Model model;
  private final T5Stack.Caches caches;
  private Tensor padding; // (R, 1, 1, T): minus infinity behind an input's end
  private int[] identity;
  private int written; // tokens of each text
  private float[] logits;

  /**
   * @param inputs of the encoder
   * @param tokens of a text, at most
   */
  T5Decoding(T5Model model, List<int[]> inputs, int tokens) {
    this.model = model;
    int rows = inputs.size();
    int length = inputs.stream().mapToInt(input -> input.length).max().orElseThrow();
    if (length > model.sizes().contextLength()) {
      throw new UserException(
          "Cannot read a prompt of "
              + length
              + " tokens: the model's context length is "
              + model.sizes().contextLength());
    }
    this.identity = IntStream.range(0, rows).toArray();
    this.caches = T5Stack.Caches.of(model.tokens(), model.sizes(), rows, length, tokens + 1L);
    this.padding = new Buffers(model.device()).floats(rows, 1, 1, length);
    int[] ids = new int[rows * length];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(inputs.get(row), 0, ids, row * length, inputs.get(row).length);
    }
    try (PointerScope scope = new PointerScope()) {
      Tensor behind = behind(inputs, length);
      padding.masked_fill_(behind, new Scalar(Double.NEGATIVE_INFINITY));
      Tensor memory = model.encode(ids, rows, behind);
      model.decoder().remember(memory, caches, rows);
      int[] begin = new int[rows];
      Arrays.fill(begin, model.sizes().tokens().padding());
      logits = model.extend(begin, 0, caches, padding);
    }
  }

  @Override
  public int rows() {
    return identity.length;
  }

  @Override
  public float[] logits() {
    return logits;
  }

  @Override
  public void advance(int[] rows, int[] tokens) {
    if (!Arrays.equals(rows, identity)) {
      try (Tensor chosen = Ids.tensor(rows, rows(), model.device())) {
        caches.select(chosen);
        Tensor before = padding;
        padding = before.index_select(0, chosen);
        before.close();
      }
      identity = IntStream.range(0, rows.length).toArray();
    }
    written++;
    try (PointerScope scope = new PointerScope()) {
      logits = model.extend(tokens, written, caches, padding);
    }
  }

  @Override
  public void close() {
    caches.close();
    padding.close();
  }

  /** (B, 1, 1, T): true behind an input's end. */
  private Tensor behind(List<int[]> inputs, int length) {
    byte[] behind = new byte[inputs.size() * length];
    for (int row = 0; row < inputs.size(); row++) {
      Arrays.fill(behind, row * length + inputs.get(row).length, (row + 1) * length, (byte) 1);
    }
    return torch
        .tensor(behind)
        .to(model.device(), ScalarType.Bool)
        .view(inputs.size(), 1, 1, length);
  }
}
