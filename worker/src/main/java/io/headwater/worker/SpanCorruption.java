package io.headwater.worker;

import io.headwater.checkpoint.UserException;
import io.headwater.model.t5.SpanTokens;
import java.util.SplittableRandom;

/**
 * Leaves 15% of a text's tokens out, in spans of 3 on average (Raffel et al., arXiv:1910.10683,
 * section 3.1.4): in the input a sentinel stands for each span, and the target is each sentinel
 * with its span. Both end with the end of sequence.
 */
final class SpanCorruption {
  private static final double DENSITY = 0.15;
  private static final double MEAN_SPAN = 3;

  private final SpanTokens tokens;

  /** Tokens of input and target. */
  record Lengths(int input, int target) {}

  SpanCorruption(SpanTokens tokens) {
    this.tokens = tokens;
  }

  /** What becomes of a text of {@code tokens} tokens, at least 2. */
  static Lengths lengths(int tokens) {
    int noise = noise(tokens);
    int spans = spans(tokens);
    return new Lengths(tokens - noise + spans + 1, noise + spans + 1);
  }

  /** The longest text whose input is not longer than asked. */
  static int longestText(int inputLength) {
    int text = 2;
    if (lengths(text).input() > inputLength) {
      throw new UserException(
          "Cannot leave spans out of sequences of "
              + inputLength
              + " tokens: at least "
              + lengths(text).input()
              + " are needed");
    }
    while (lengths(text + 1).input() <= inputLength) {
      text++;
    }
    if (spans(text) > SpanTokens.SENTINELS) {
      throw new UserException(
          "Cannot leave spans out of sequences of "
              + inputLength
              + " tokens: they have "
              + spans(text)
              + " spans, and there are "
              + SpanTokens.SENTINELS
              + " sentinels");
    }
    return text;
  }

  /**
   * Writes input and target of a text.
   *
   * @param text tokens [0, length) are read
   * @param inputs written from {@code inputAt} on
   * @param targets written from {@code targetAt} on
   */
  Lengths corrupt(
      int[] text,
      int length,
      SplittableRandom random,
      int[] inputs,
      int inputAt,
      int[] targets,
      int targetAt) {
    int noise = noise(length);
    int spans = spans(length);
    int[] kept = parts(length - noise, spans, random);
    int[] left = parts(noise, spans, random);
    int from = 0;
    int input = inputAt;
    int target = targetAt;
    for (int span = 0; span < spans; span++) {
      System.arraycopy(text, from, inputs, input, kept[span]);
      input += kept[span];
      from += kept[span];
      inputs[input++] = tokens.sentinel(span);
      targets[target++] = tokens.sentinel(span);
      System.arraycopy(text, from, targets, target, left[span]);
      target += left[span];
      from += left[span];
    }
    inputs[input++] = tokens.endOfSequence();
    targets[target++] = tokens.endOfSequence();
    return new Lengths(input - inputAt, target - targetAt);
  }

  /** Parts of at least 1 that sum up to {@code total}, every division as likely as another. */
  private static int[] parts(int total, int count, SplittableRandom random) {
    int[] parts = new int[count];
    int cuts = count - 1;
    int part = 0;
    parts[0] = 1;
    for (int place = 1; place < total; place++) {
      // A cut before this place, by selection sampling: cuts out of what places remain.
      if (random.nextInt(total - place) < cuts) {
        cuts--;
        part++;
      }
      parts[part]++;
    }
    return parts;
  }

  private static int noise(int tokens) {
    return Math.min(tokens - 1, Math.max(1, (int) Math.round(tokens * DENSITY)));
  }

  private static int spans(int tokens) {
    int noise = noise(tokens);
    int wanted = Math.max(1, (int) Math.round(noise / MEAN_SPAN));
    return Math.min(wanted, tokens - noise);
  }
}
