package io.headwater.model.tensor;

import io.headwater.checkpoint.UserException;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

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
      target.put(i, checked(ids[i], limit));
    }
  }

  /**
   * Ids as a new tensor of int64, checked in the same way.
   *
   * @param limit ids are in [0, limit)
   */
  public static Tensor tensor(int[] ids, int limit, Device device) {
    long[] wide = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      wide[i] = checked(ids[i], limit);
    }
    try (Tensor host = torch.tensor(wide)) {
      return host.to(device, ScalarType.Long);
    }
  }

  private static int checked(int id, int limit) {
    if (id < 0 || id >= limit) {
      throw new UserException(
          "Cannot look up token " + id + ": the vocabulary has ids 0 to " + (limit - 1));
    }
    return id;
  }
}
