package io.headwater.model.word2vec;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which kernel computes. System property {@code headwater.kernels} asks for one. */
public enum Kernels {
  SCALAR,
  VECTOR;

  private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);
  private static final String PROPERTY = "headwater.kernels";

  /** The fastest that this virtual machine has, or the one asked for. */
  public static Kernels best() {
    String asked = System.getProperty(PROPERTY, "");
    boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    if (!asked.isEmpty() && !asked.equals("scalar") && !asked.equals("vector")) {
      throw new IllegalArgumentException(
          "Cannot use " + PROPERTY + "=" + asked + ": must be scalar or vector");
    }
    if (asked.equals("vector") && !vectors) {
      throw new IllegalArgumentException(
          "Cannot use "
              + PROPERTY
              + "=vector: the virtual machine was started without"
              + " --add-modules=jdk.incubator.vector");
    }
    Kernels chosen = vectors && !asked.equals("scalar") ? VECTOR : SCALAR;
    LOG.info("Word vector kernel: {}", chosen.name().toLowerCase(Locale.ROOT));
    return chosen;
  }

  Kernel create(int mostInputs, int mostOutputs, int width, int stride) {
    return this == VECTOR
        ? new VectorKernel(mostInputs, mostOutputs, stride)
        : new ScalarKernel(mostInputs, mostOutputs, width);
  }
}
