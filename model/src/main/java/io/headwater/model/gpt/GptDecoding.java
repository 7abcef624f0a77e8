package io.headwater.model.gpt;

import io.headwater.model.Decoding;
import io.headwater.model.layers.KeyValueCache;
import io.headwater.model.tensor.Ids;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A GPT's texts being written.
 *
 * <p>Prompts of several lengths begin at slot 0 of the caches and all new tokens share a slot, so
 * that behind a shorter prompt slots stay empty, which no token looks at. A text longer than the
 * context is read anew from its last tokens for each token, since every one of them has moved.
 */
final class GptDecoding implements Decoding {
  private final GptBody body;
  private int[][] texts; // what the context holds of each
  private int[] promptLengths; // tokens in the slots of the prompts
  private int slots; // of the prompts: the longest one's length
  private int used; // slots that hold something
  private int capacity; // slots of the caches
  private int remaining; // tokens still to be written
  private List<KeyValueCache> caches;
  private float[] logits;

  GptDecoding(GptBody body, List<int[]> prompts, int tokens) {
    this.body = body;
    try (PointerScope scope = new PointerScope()) {
      body.space().upload();
    }
    this.texts = prompts.stream().map(this::inContext).toArray(int[][]::new);
    this.remaining = tokens;
    read();
  }

  @Override
  public int rows() {
    return texts.length;
  }

  @Override
  public float[] logits() {
    return logits;
  }

  @Override
  public void advance(int[] rows, int[] tokens) {
    if (remaining-- == 0) {
      throw new IllegalStateException("Cannot write more tokens than was said");
    }
    boolean full = used == capacity;
    select(rows, full);
    for (int row = 0; row < texts.length; row++) {
      int[] longer = Arrays.copyOf(texts[row], texts[row].length + 1);
      longer[longer.length - 1] = tokens[row];
      texts[row] = inContext(longer);
    }
    if (full) {
      caches.forEach(KeyValueCache::close);
      read();
    } else {
      step(tokens);
    }
  }

  @Override
  public void close() {
    caches.forEach(KeyValueCache::close);
  }

  private int[] inContext(int[] text) {
    int from = Math.max(0, text.length - body.sizes().contextLength());
    return Arrays.copyOfRange(text, from, text.length);
  }

  private void select(int[] rows, boolean full) {
    boolean same = Arrays.equals(rows, IntStream.range(0, texts.length).toArray());
    if (!same && !full) {
      try (Tensor chosen = Ids.tensor(rows, texts.length, body.device())) {
        caches.forEach(cache -> cache.select(chosen));
      }
    }
    texts = Arrays.stream(rows).mapToObj(row -> texts[row]).toArray(int[][]::new);
    promptLengths = Arrays.stream(rows).map(row -> promptLengths[row]).toArray();
  }

  /** Reads all texts into new caches. */
  private void read() {
    promptLengths = Arrays.stream(texts).mapToInt(text -> text.length).toArray();
    slots = Arrays.stream(promptLengths).max().orElseThrow();
    used = slots;
    capacity = Math.min(slots + remaining, body.sizes().contextLength());
    caches = body.caches(texts.length, capacity);
    int[] ids = new int[texts.length * slots];
    int[] places = new int[ids.length];
    Arrays.setAll(places, i -> i % slots);
    int[] last = new int[texts.length];
    for (int row = 0; row < texts.length; row++) {
      System.arraycopy(texts[row], 0, ids, row * slots, texts[row].length);
      last[row] = row * slots + texts[row].length - 1;
    }
    try (PointerScope scope = new PointerScope()) {
      // Which also hides what fills up a shorter prompt.
      Tensor later = minusInfinity(slots, slots).triu(1);
      Tensor hidden = body.extend(ids, places, texts.length, caches, later);
      logits = score(hidden.index_select(0, Ids.tensor(last, ids.length, body.device())));
    }
  }

  private void step(int[] tokens) {
    int[] places = Arrays.stream(texts).mapToInt(text -> text.length - 1).toArray();
    used++;
    try (PointerScope scope = new PointerScope()) {
      logits = score(body.extend(tokens, places, texts.length, caches, emptySlots()));
    }
  }

  /** (R, 1, 1, Tk): minus infinity at the slots behind shorter prompts; null if there are none. */
  private Tensor emptySlots() {
    if (Arrays.stream(promptLengths).allMatch(length -> length == slots)) {
      return null;
    }
    float[] mask = new float[texts.length * used];
    for (int row = 0; row < texts.length; row++) {
      Arrays.fill(
          mask, row * used + promptLengths[row], row * used + slots, Float.NEGATIVE_INFINITY);
    }
    return torch.tensor(mask).to(body.device(), ScalarType.Float).view(texts.length, 1, 1, used);
  }

  private Tensor minusInfinity(long... shape) {
    Device device = body.device();
    return torch
        .zeros(shape)
        .to(device, ScalarType.Float)
        .fill_(new Scalar(Double.NEGATIVE_INFINITY));
  }

  private float[] score(Tensor hidden) {
    Tensor scores = torch.mm(hidden, body.tokens().t()).cpu();
    float[] result = new float[Math.toIntExact(scores.numel())];
    new FloatPointer(scores.data_ptr()).get(result);
    return result;
  }
}
