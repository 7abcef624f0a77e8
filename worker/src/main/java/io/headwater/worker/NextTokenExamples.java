package io.headwater.worker;

import io.headwater.checkpoint.UserException;
import io.headwater.corpus.shard.Corpus;
import io.headwater.corpus.shard.Permutation;
import io.headwater.corpus.shard.TokenWindows;
import io.headwater.model.Objective;
import io.headwater.model.TokenBatch;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Windows of text, each token the target of the one before it. Where documents are read apart, the
 * token between two of them ends the first as a target, and begins the second as an input.
 */
final class NextTokenExamples implements Examples {
  private final TokenWindows windows;
  private final int contextLength;
  private final OptionalInt separator; // of documents that are read apart
  private final long seed;
  private final int[] window;

  NextTokenExamples(TokenWindows windows, int contextLength, OptionalInt separator, long seed) {
    this.windows = windows;
    this.contextLength = contextLength;
    this.separator = separator;
    this.seed = seed;
    this.window = new int[contextLength + 1];
  }

  /**
   * @throws UserException if documents are to be read apart and nothing tells where they end
   */
  static NextTokenExamples of(
      Corpus corpus, Objective objective, TokenWindows windows, int contextLength, long seed) {
    if (objective == Objective.CAUSAL_LM) {
      return new NextTokenExamples(windows, contextLength, OptionalInt.empty(), seed);
    }
    OptionalInt separator = corpus.tokenizer().endOfText();
    if (separator.isEmpty()) {
      throw new UserException(
          "Cannot pretrain with objective "
              + objective
              + ": the corpus's tokenizer has no end of text, which parts documents");
    }
    return new NextTokenExamples(windows, contextLength, separator, seed);
  }

  @Override
  public long perEpoch() {
    return windows.windowsPerEpoch();
  }

  @Override
  public TokenBatch read(long first, int rows) {
    int[] inputs = new int[rows * contextLength]; // (B, T)
    int[] targets = new int[rows * contextLength]; // (B, T)
    Arrays.fill(targets, TokenBatch.IGNORED); // only a split's last window is short
    for (int row = 0; row < rows; row++) {
      int predicted = windows.read(first + row, window, 0) - 1;
      System.arraycopy(window, 0, inputs, row * contextLength, predicted);
      System.arraycopy(window, 1, targets, row * contextLength, predicted);
    }
    return new TokenBatch(rows, contextLength, inputs, targets, documents(inputs), 0, key(~first));
  }

  private long key(long sample) {
    return Permutation.mix(Permutation.mix(seed) ^ Permutation.mix(sample));
  }

  private int[] documents(int[] inputs) {
    if (separator.isEmpty()) {
      return new int[0];
    }
    int[] documents = new int[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      int before = i % contextLength == 0 ? 0 : documents[i - 1];
      documents[i] = before + (inputs[i] == separator.getAsInt() ? 1 : 0);
    }
    return documents;
  }
}
