package io.headwater.model.tensor;

import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch;

/** LibTorch's process-wide state. */
public final class Engine {
  private Engine() {}

  /**
   * Applies the number of threads to the calling thread; to be called by each computation, since
   * OpenMP keeps the number per thread.
   */
  public static void enter(Execution execution) {
    if (torch.get_num_threads() != execution.threads()) {
      torch.set_num_threads(execution.threads());
    }
    if (openblas_full.openblas_get_num_threads() != execution.threads()) {
      openblas_full.openblas_set_num_threads(execution.threads());
    }
  }

  /** The device, or the reason why there is none. */
  public static Device device(Execution execution) {
    execution.precision().check(execution.device());
    Device device = new Device(execution.device());
    if (device.is_cuda() && !torch.cuda_is_available()) {
      throw new UserException(
          "Cannot compute on "
              + execution.device()
              + ": the engine sees no CUDA device; valid here is cpu");
    }
    return device;
  }
}
