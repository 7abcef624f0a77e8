package io.headwater.model;

import io.headwater.checkpoint.UserException;
import java.util.Objects;

/**
 * Where and how a model computes.
 *
 * @param device {@code cpu}, or {@code cuda:N}
 * @param threads of the math engine for one model; more models with one thread each beat one with
 *     more
 */
public record Execution(String device, int threads) {
  public static final Execution CPU = new Execution("cpu", 1);

  public Execution {
    Objects.requireNonNull(device, "device");
    if (!device.matches("cpu|cuda:\\d+")) {
      throw new UserException(
          "Cannot compute on device " + device + ": it must be cpu or cuda:0, cuda:1, ...");
    }
    if (threads < 1) {
      throw new UserException("Cannot compute with " + threads + " threads: must be >= 1");
    }
  }
}
