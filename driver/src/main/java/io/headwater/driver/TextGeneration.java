package io.headwater.driver;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.model.Execution;
import io.headwater.model.LanguageModel;
import io.headwater.model.ModelFamily;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Draws text from a language model, token by token.
 *
 * @param tokens to draw; an end of text ends it before
 * @param temperature divides the scores: 0 takes the most probable token
 * @param topK most probable tokens to draw from; 0 = all
 * @param seed of the draw
 */
public record TextGeneration(int tokens, double temperature, int topK, long seed) {
  public TextGeneration {
    check("--tokens", tokens, tokens >= 1, ">= 1");
    check("--temperature", temperature, temperature >= 0 && temperature <= 100, "in [0, 100]");
    check("--top-k", topK, topK >= 0, ">= 0");
  }

  /**
   * Goes on from a prompt.
   *
   * @param prompt may be empty
   * @return what follows the prompt
   * @throws UserException if the checkpoint is damaged or cannot spell the prompt
   */
  public String run(String checkpoint, String prompt) {
    try (Checkpoint weights = Checkpoint.open(checkpoint);
        Tokenizer tokenizer = tokenizer(weights);
        LanguageModel model =
            ModelFamily.of(weights.config()).languageModel(weights.config(), Execution.CPU)) {
      weights.readWeights(model.parameters());
      return tokenizer.decode(draw(model, tokenizer, prompt));
    }
  }

  private int[] draw(LanguageModel model, Tokenizer tokenizer, String prompt) {
    int[] start = prompt.isEmpty() ? beginning(tokenizer) : tokenizer.encode(prompt);
    int[] text = Arrays.copyOf(start, start.length + tokens);
    SplittableRandom random = new SplittableRandom(seed);
    int length = start.length;
    while (length < text.length) {
      int from = Math.max(0, length - model.contextLength());
      int next = sample(model.nextTokenLogits(Arrays.copyOfRange(text, from, length)), random);
      if (tokenizer.endOfText().isPresent() && tokenizer.endOfText().getAsInt() == next) {
        break;
      }
      text[length++] = next;
    }
    return Arrays.copyOfRange(text, start.length, length);
  }

  /** A document begins after the end of another; without one, after a line's end. */
  private static int[] beginning(Tokenizer tokenizer) {
    return tokenizer.endOfText().isPresent()
        ? new int[] {tokenizer.endOfText().getAsInt()}
        : tokenizer.encode("\n");
  }

  int sample(float[] logits, SplittableRandom random) {
    float[] sorted = logits.clone();
    Arrays.sort(sorted);
    float best = sorted[sorted.length - 1];
    float threshold = topK == 0 || topK >= sorted.length ? sorted[0] : sorted[sorted.length - topK];
    double[] cumulative = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      if (temperature == 0) {
        sum += logits[i] == best ? 1 : 0;
      } else if (logits[i] >= threshold) {
        sum += Math.exp((logits[i] - best) / temperature);
      }
      cumulative[i] = sum;
    }
    double drawn = temperature == 0 ? 0 : random.nextDouble() * sum;
    int chosen = 0;
    while (cumulative[chosen] <= drawn && chosen < cumulative.length - 1) {
      chosen++;
    }
    return chosen;
  }

  private static Tokenizer tokenizer(Checkpoint weights) {
    return Tokenizer.parse(
        weights
            .tokenizer()
            .orElseThrow(
                () ->
                    new UserException(
                        "Cannot generate from "
                            + weights.directory()
                            + ": it has no tokenizer.json")));
  }

  private static void check(String name, Object value, boolean valid, String range) {
    if (!valid) {
      throw new UserException(
          "Cannot generate with " + name + " " + value + " (must be " + range + ")");
    }
  }
}
