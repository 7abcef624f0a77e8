package io.headwater.model.glove;

import java.io.Serializable;

/**
 * How a GloVe model is trained; the names are those of the original program.
 *
 * @param dim length of a word's vector
 * @param window words to each side; one at distance d counts 1/d
 * @param xMax count from which on co-occurrences have full weight
 * @param alpha exponent of the weight below it
 * @param learningRate of AdaGrad
 * @param epochs passes over the co-occurrences
 * @param threads that train at the same time without locks; one is deterministic
 * @param seed of initial weights and the order of co-occurrences
 */
public record GloveConfig(
    int dim,
    int window,
    double xMax,
    double alpha,
    double learningRate,
    int epochs,
    int threads,
    long seed)
    implements Serializable {
  public GloveConfig {
    require(dim >= 1 && dim <= 4096, "dim", dim, "in [1, 4096]");
    require(window >= 1 && window <= 1000, "window", window, "in [1, 1000]");
    require(xMax > 0, "x-max", xMax, "> 0");
    require(alpha >= 0 && alpha <= 10, "alpha", alpha, "in [0, 10]");
    require(learningRate > 0 && learningRate <= 1, "learning-rate", learningRate, "in (0, 1]");
    require(epochs >= 1, "epochs", epochs, ">= 1");
    require(threads >= 1 && threads <= 1024, "threads", threads, "in [1, 1024]");
  }

  private static void require(boolean valid, String name, Number value, String range) {
    if (!valid) {
      throw new IllegalArgumentException(
          "Cannot train GloVe: " + name + " is " + value + " (must be " + range + ")");
    }
  }
}
