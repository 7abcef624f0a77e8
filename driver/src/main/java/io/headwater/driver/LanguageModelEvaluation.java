package io.headwater.driver;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.shard.Corpus;
import io.headwater.corpus.shard.Split;
import io.headwater.corpus.shard.TokenWindows;
import io.headwater.model.Execution;
import io.headwater.model.LanguageModel;
import io.headwater.model.ModelFamily;
import io.headwater.model.TokenBatch;
import java.util.Arrays;

/**
 * How well a language model predicts text it was not trained on.
 *
 * @param loss mean cross-entropy over every token of the validation split but the first, nats
 * @param perplexity e to the loss
 * @param tokens predicted
 */
public record LanguageModelEvaluation(double loss, double perplexity, long tokens, double seconds) {
  private static final int ROWS = 16;

  /**
   * Reads the whole validation split, in windows of the model's context that do not overlap.
   *
   * @throws UserException if checkpoint or corpus are damaged or do not belong together
   */
  public static LanguageModelEvaluation run(
      String checkpoint, String corpus, Execution execution, Progress progress) {
    long begin = System.nanoTime();
    Corpus.verify(corpus);
    try (Checkpoint weights = Checkpoint.open(checkpoint);
        Corpus data = Corpus.open(corpus)) {
      checkSameTokenizer(weights, data, corpus);
      ModelFamily family = ModelFamily.of(weights.config());
      TokenWindows windows =
          TokenWindows.sequential(
              data.split(Split.VALIDATION), family.contextLength(weights.config()));
      try (LanguageModel model = family.languageModel(weights.config(), execution)) {
        weights.readWeights(model.parameters());
        return evaluate(model, windows, progress, begin);
      }
    }
  }

  private static LanguageModelEvaluation evaluate(
      LanguageModel model, TokenWindows windows, Progress progress, long begin) {
    long total = windows.windowsPerEpoch();
    progress.begin("evaluate", total, 0);
    double sum = 0;
    long tokens = 0;
    for (long first = 0; first < total; first += ROWS) {
      Batch batch = batch(windows, first, (int) Math.min(ROWS, total - first), model);
      sum += model.loss(batch.tokens()) * batch.targets();
      tokens += batch.targets();
      progress.update(Math.min(total, first + ROWS), "");
    }
    double loss = sum / tokens;
    return new LanguageModelEvaluation(
        loss, Math.exp(loss), tokens, (System.nanoTime() - begin) * 1e-9);
  }

  /** Windows side by side; only the split's last one may be short, and ignores what it lacks. */
  private record Batch(TokenBatch tokens, int targets) {}

  private static Batch batch(TokenWindows windows, long first, int rows, LanguageModel model) {
    int length = model.contextLength();
    int[] inputs = new int[rows * length]; // (B, T)
    int[] targets = new int[rows * length]; // (B, T)
    Arrays.fill(targets, TokenBatch.IGNORED);
    int[] window = new int[length + 1];
    int counted = 0;
    for (int row = 0; row < rows; row++) {
      int predicted = windows.read(first + row, window, 0) - 1;
      System.arraycopy(window, 0, inputs, row * length, predicted);
      System.arraycopy(window, 1, targets, row * length, predicted);
      counted += predicted;
    }
    return new Batch(new TokenBatch(rows, length, inputs, targets), counted);
  }

  private static void checkSameTokenizer(Checkpoint weights, Corpus data, String corpus) {
    byte[] theirs = data.tokenizer().json();
    boolean same = weights.tokenizer().map(ours -> Arrays.equals(ours, theirs)).orElse(false);
    if (!same) {
      throw new UserException(
          "Cannot evaluate "
              + weights.directory()
              + " on "
              + corpus
              + ": their tokenizer.json differ; ingest the text with --tokenizer "
              + weights.directory()
              + "/tokenizer.json");
    }
  }
}
