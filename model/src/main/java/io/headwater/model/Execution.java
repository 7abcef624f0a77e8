package io.headwater.model;

import io.headwater.checkpoint.UserException;
import java.io.Serializable;
import java.util.Objects;

/**
 * Where and how a model computes.
 *
 * @param device {@code cpu}, or {@code cuda:N}
 * @param threads of the math engine for one model; more models with one thread each beat one with
 *     more
 * @param precision of the operands of matrix products
 * @param recomputesActivations whether the backward pass computes what lies inside a block again
 *     instead of keeping it from the forward pass (Chen et al., arXiv:1604.06174): the same bits,
 *     less memory, about a third more time
 */
public record Execution(
    String device, int threads, Precision precision, boolean recomputesActivations)
    implements Serializable {
  public static final Execution CPU = new Execution("cpu", 1);

  public Execution {
    Objects.requireNonNull(device, "device");
    Objects.requireNonNull(precision, "precision");
    if (!device.matches("cpu|cuda:\\d+")) {
      throw new UserException(
          "Cannot compute on device " + device + ": it must be cpu or cuda:0, cuda:1, ...");
    }
    if (threads < 1) {
      throw new UserException("Cannot compute with " + threads + " threads: must be >= 1");
    }
  }

  /** In float32, keeping activations. */
  public Execution(String device, int threads) {
    this(device, threads, Precision.FP32, false);
  }

  public Execution withPrecision(Precision other) {
    return new Execution(device, threads, other, recomputesActivations);
  }

  public Execution recomputingActivations() {
    return new Execution(device, threads, precision, true);
  }
}
