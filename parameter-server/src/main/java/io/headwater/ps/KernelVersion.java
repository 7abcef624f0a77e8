package io.headwater.ps;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a kernel computes. All versions of a kernel give the same bits. */
public enum KernelVersion {
  /** By plain loops: the definition. */
  SCALAR,
  /** By the Vector API. */
  VECTOR;

  private static final Logger LOG = LoggerFactory.getLogger(KernelVersion.class);

  /**
   * The fastest version that this virtual machine has. System property {@code headwater.kernels}
   * ({@code scalar} or {@code vector}) asks for one.
   */
  public static KernelVersion best() {
    return Choice.BEST;
  }

  /**
   * The version that is asked for by name, or with an empty name the fastest.
   *
   * @throws IllegalArgumentException if there is none of that name, here
   */
  public static KernelVersion choose(String asked) {
    boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    if (!asked.isEmpty() && !asked.equals("scalar") && !asked.equals("vector")) {
      throw new IllegalArgumentException(
          "Cannot use headwater.kernels=" + asked + ": must be scalar or vector");
    }
    if (asked.equals("vector") && !vectors) {
      throw new IllegalArgumentException(
          "Cannot use headwater.kernels=vector: the virtual machine was started without"
              + " --add-modules=jdk.incubator.vector");
    }
    return vectors && !asked.equals("scalar") ? VECTOR : SCALAR;
  }

  /** Made once, and said once. */
  private static final class Choice {
    private static final KernelVersion BEST = chooseAndSay();

    private static KernelVersion chooseAndSay() {
      KernelVersion version = choose(System.getProperty("headwater.kernels", ""));
      LOG.info("kernels: {}", version == VECTOR ? "vector" : "scalar");
      return version;
    }
  }
}
