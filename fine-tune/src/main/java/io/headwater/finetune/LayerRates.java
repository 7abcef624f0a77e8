package io.headwater.finetune;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Layer-wise decay of the learning rate (Howard and Ruder, arXiv:1801.06146): what stands above the
 * blocks learns at the full rate, each block below at the rate of the one above it times a factor,
 * the embeddings slowest.
 *
 * <p>A step of AdamW is proportional to the rate, its decay included, and its moments do not depend
 * on it. So a smaller rate is a part of the full step: {@code w = before + factor (after -
 * before)}.
 */
final class LayerRates {
  private static final Pattern BLOCK = Pattern.compile("\\.(?:h|layer|block)\\.(\\d+)\\.");

  private record Slow(TensorLayout.Entry tensor, float factor) {}

  private final List<Slow> slow = new ArrayList<>();
  private final List<float[]> before = new ArrayList<>();

  LayerRates(TensorLayout layout, float decay) {
    if (decay == 1) {
      return;
    }
    int blocks =
        layout.entries().stream().mapToInt(tensor -> block(tensor.name())).max().orElse(-1) + 1;
    boolean below = true; // embeddings stand before the first block
    for (TensorLayout.Entry tensor : layout.entries()) {
      int block = block(tensor.name());
      below &= block < 0;
      int depth = below ? 0 : block < 0 ? blocks + 1 : block + 1;
      float factor = (float) Math.pow(decay, blocks + 1 - depth);
      if (factor < 1) {
        slow.add(new Slow(tensor, factor));
        before.add(new float[Math.toIntExact(tensor.elements())]);
      }
    }
  }

  /** To be called before an optimizer's step. */
  void keep(FlatVector parameters) {
    for (int i = 0; i < slow.size(); i++) {
      float[] values = before.get(i);
      parameters.read(slow.get(i).tensor.offset(), values, 0, values.length);
    }
  }

  /** To be called after it. */
  void slow(FlatVector parameters) {
    for (int i = 0; i < slow.size(); i++) {
      float[] old = before.get(i);
      float[] values = new float[old.length];
      TensorLayout.Entry tensor = slow.get(i).tensor;
      parameters.read(tensor.offset(), values, 0, values.length);
      for (int j = 0; j < values.length; j++) {
        values[j] = old[j] + slow.get(i).factor * (values[j] - old[j]);
      }
      parameters.write(tensor.offset(), values, 0, values.length);
    }
  }

  /** Number of the block that a tensor is of; -1 if of none. */
  private static int block(String tensor) {
    Matcher matcher = BLOCK.matcher(tensor);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : -1;
  }
}
