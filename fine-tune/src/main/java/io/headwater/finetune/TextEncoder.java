package io.headwater.finetune;

import io.headwater.checkpoint.UserException;
import io.headwater.corpus.tokenize.MaskingVocabulary;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.model.Framing;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/** Turns a text, or a pair of texts, into the sequence that a body reads. */
public final class TextEncoder {
  private final Tokenizer tokenizer;
  private final Optional<MaskingVocabulary> special; // empty: tokens alone
  private final int maxLength;

  /**
   * A sequence.
   *
   * @param tokens ids
   * @param first where the first text's tokens begin
   * @param second where the second segment begins; the length if there is none
   * @param truncated whether something was cut off
   */
  public record Encoded(int[] tokens, int first, int second, boolean truncated) {}

  /**
   * @param maxLength most tokens of a sequence
   */
  public TextEncoder(Framing framing, Tokenizer tokenizer, int maxLength) {
    this.tokenizer = tokenizer;
    this.special =
        framing == Framing.CLASSIFICATION_TOKEN
            ? Optional.of(MaskingVocabulary.of(tokenizer))
            : Optional.empty();
    this.maxLength = maxLength;
  }

  public int maxLength() {
    return maxLength;
  }

  /**
   * Frames texts, the longer one of a pair cut first.
   *
   * @param place of the example, for messages
   */
  public Encoded encode(String text, Optional<String> pair, String place) {
    int[] first = tokens(text, place);
    int[] second = pair.map(each -> tokens(each, place)).orElse(new int[0]);
    int between = second.length == 0 ? 0 : 1;
    int room = room(second.length > 0);
    int firstKept = first.length;
    int secondKept = second.length;
    if (firstKept + secondKept > room) {
      firstKept = Math.min(first.length, Math.max((room + 1) / 2, room - second.length));
      firstKept = between == 0 ? room : firstKept;
      secondKept = Math.min(second.length, room - firstKept);
    }
    boolean truncated = firstKept < first.length || secondKept < second.length;
    return frame(Arrays.copyOf(first, firstKept), Arrays.copyOf(second, secondKept), truncated);
  }

  /**
   * Tokens of texts that fit in a sequence.
   *
   * @param pair whether there are two
   */
  public int room(boolean pair) {
    int between = pair ? 1 : 0;
    int room = maxLength - (special.isPresent() ? 2 + between : between);
    if (room < 1 + between) {
      throw new UserException("Cannot read texts of " + maxLength + " tokens: that is too short");
    }
    return room;
  }

  /**
   * Frames tokens that fit.
   *
   * @param second of the second text; empty if there is none
   */
  public Encoded frame(int[] first, int[] second, boolean truncated) {
    return special
        .map(each -> withSpecial(each, first, second, truncated))
        .orElseGet(() -> joined(first, second, truncated));
  }

  /** The tokens of a text; there is at least one. */
  public int[] tokens(String text, String place) {
    int[] tokens = tokenizer.encode(text);
    if (tokens.length == 0) {
      throw new UserException("Cannot use " + place + ": the tokenizer makes no token of its text");
    }
    return tokens;
  }

  private static Encoded withSpecial(
      MaskingVocabulary special, int[] first, int[] second, boolean truncated) {
    int[] begin = {special.classification()};
    int[] end = {special.separator()};
    return second.length == 0
        ? new Encoded(concat(begin, first, end), 1, first.length + 2, truncated)
        : new Encoded(concat(begin, first, end, second, end), 1, first.length + 2, truncated);
  }

  private Encoded joined(int[] first, int[] second, boolean truncated) {
    if (second.length == 0) {
      return new Encoded(first, 0, first.length, truncated);
    }
    int end =
        tokenizer
            .endOfText()
            .orElseThrow(
                () ->
                    new UserException(
                        "Cannot read pairs of texts: the tokenizer has no end of text to put"
                            + " between"));
    int[] tokens = concat(first, new int[] {end}, second);
    return new Encoded(tokens, 0, first.length + 1, truncated);
  }

  private static int[] concat(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(IntStream::of).toArray();
  }
}
