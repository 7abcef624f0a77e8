package io.headwater.finetune;

import io.headwater.checkpoint.UserException;
import java.util.List;

/**
 * Low-rank adapters (Hu et al., arXiv:2106.09685): a frozen weight W becomes W + alpha / rank B A.
 *
 * @param rank rows of A, columns of B
 * @param alpha scale of the adapters' output, times the rank
 * @param targets layers that get one, by the last parts of their names; empty are the family's
 *     usual ones
 * @param whole layers and norms that are trained whole, beside the head, by the last parts of their
 *     names
 */
public record LoraSettings(int rank, double alpha, List<String> targets, List<String> whole) {
  /** Rank 8, alpha 16, queries and values, the head alone trained whole. */
  public static final LoraSettings DEFAULT = new LoraSettings(8, 16, List.of(), List.of());

  public LoraSettings {
    targets = List.copyOf(targets);
    whole = List.copyOf(whole);
    if (rank < 1) {
      throw new UserException("Cannot fine-tune with lora-rank " + rank + " (must be >= 1)");
    }
    if (!(alpha > 0 && alpha <= 10_000)) {
      throw new UserException(
          "Cannot fine-tune with lora-alpha " + alpha + " (must be in (0, 10000])");
    }
  }

  float scale() {
    return (float) (alpha / rank);
  }
}
