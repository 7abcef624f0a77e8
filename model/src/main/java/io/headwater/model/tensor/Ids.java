package io.headwater.model.tensor;

import io.headwater.checkpoint.UserException;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Tensor;

/** Ids on their way from Java into index tensors. */
public final class Ids {
  private Ids() {}

  /**
   * Copies ids into a host tensor of int64, each checked: the engine would read beyond the table.
   *
   * @param limit ids are in [0, limit)
   */
  public static void write(int[] ids, Tensor host, int limit) {
    LongPointer target = new LongPointer(host.data_ptr());
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= limit) {
        throw new UserException(
            "Cannot look up token " + ids[i] + ": the vocabulary has ids 0 to " + (limit - 1));
      }
      target.put(i, ids[i]);
    }
  }
}
