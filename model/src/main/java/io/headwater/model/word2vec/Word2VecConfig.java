package io.headwater.model.word2vec;

import java.io.Serializable;

/**
 * How a word2vec model is trained; the names are those of the original program.
 *
 * @param dim columns of both matrices
 * @param window words to each side at most; each centre draws its own from 1 to this
 * @param sample frequency above which occurrences are left out at random; 0 keeps all
 * @param negative words drawn against each centre, with {@link Loss#NS}
 * @param negatives whether the words of a window share them
 * @param learningRate at the start; falls linearly to a ten-thousandth of it
 * @param epochs passes over the corpus
 * @param threads that train at the same time without locks; one is deterministic
 * @param seed of initial weights and all that is drawn
 */
public record Word2VecConfig(
    Algorithm algorithm,
    Loss loss,
    int dim,
    int window,
    double sample,
    int negative,
    Negatives negatives,
    double learningRate,
    int epochs,
    int threads,
    long seed)
    implements Serializable {
  /** What predicts what. */
  public enum Algorithm {
    /** A word of the window predicts the centre. */
    SKIPGRAM,
    /** The mean of the window's words predicts the centre. */
    CBOW
  }

  /** What takes the place of the softmax over all words. */
  public enum Loss {
    /** Negative sampling. */
    NS,
    /** Hierarchical softmax over a Huffman tree. */
    HS
  }

  /** Whose negatives. */
  public enum Negatives {
    /** All words of a window meet the same ones: small matrix products (arXiv:1604.04661). */
    SHARED,
    /** Each pair of words draws its own, as the original program does. */
    PAIR
  }

  public Word2VecConfig {
    require(dim >= 1 && dim <= 4096, "dim", dim, "in [1, 4096]");
    require(window >= 1 && window <= 1000, "window", window, "in [1, 1000]");
    require(sample >= 0 && sample <= 1, "sample", sample, "in [0, 1]");
    require(
        loss == Loss.HS || (negative >= 1 && negative <= 1000),
        "negative",
        negative,
        "in [1, 1000]");
    require(learningRate > 0 && learningRate <= 1, "learning-rate", learningRate, "in (0, 1]");
    require(epochs >= 1, "epochs", epochs, ">= 1");
    require(threads >= 1 && threads <= 1024, "threads", threads, "in [1, 1024]");
  }

  private static void require(boolean valid, String name, Number value, String range) {
    if (!valid) {
      throw new IllegalArgumentException(
          "Cannot train word2vec: " + name + " is " + value + " (must be " + range + ")");
    }
  }
}
