package io.headwater.finetune;

import io.headwater.checkpoint.UserException;
import io.headwater.corpus.tokenize.MaskingVocabulary;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.model.SequenceClassifier.Framing;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/** Turns a text, or a pair of texts, into the sequence that a classifier reads. */
final class TextFrame {
  private final Tokenizer tokenizer;
  private final Optional<MaskingVocabulary> special; // empty: the last token is scored

  /**
   * A sequence.
   *
   * @param second where the second segment begins; the length if there is none
   * @param truncated whether something was cut off
   */
  record Framed(int[] tokens, int second, boolean truncated) {}

  TextFrame(Framing framing, Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.special =
        framing == Framing.CLASSIFICATION_TOKEN
            ? Optional.of(MaskingVocabulary.of(tokenizer))
            : Optional.empty();
  }

  /**
   * Frames an example, the longer text of a pair cut first.
   *
   * @param file for messages
   */
  Framed frame(LabelledExample example, String file, int maxLength) {
    int[] first = encode(example.text(), example, file);
    int[] second = example.pair().map(text -> encode(text, example, file)).orElse(new int[0]);
    int between = second.length == 0 ? 0 : 1;
    int room = maxLength - (special.isPresent() ? 2 + between : between);
    if (room < 1 + between) {
      throw new UserException("Cannot read texts of " + maxLength + " tokens: that is too short");
    }
    int firstKept = first.length;
    int secondKept = second.length;
    if (firstKept + secondKept > room) {
      firstKept = Math.min(first.length, Math.max((room + 1) / 2, room - second.length));
      firstKept = between == 0 ? room : firstKept;
      secondKept = Math.min(second.length, room - firstKept);
    }
    boolean truncated = firstKept < first.length || secondKept < second.length;
    int[] one = Arrays.copyOf(first, firstKept);
    int[] two = Arrays.copyOf(second, secondKept);
    return special
        .map(each -> withSpecial(each, one, two, truncated))
        .orElseGet(() -> joined(one, two, truncated));
  }

  private static Framed withSpecial(
      MaskingVocabulary special, int[] first, int[] second, boolean truncated) {
    int[] begin = {special.classification()};
    int[] end = {special.separator()};
    return second.length == 0
        ? new Framed(concat(begin, first, end), first.length + 2, truncated)
        : new Framed(concat(begin, first, end, second, end), first.length + 2, truncated);
  }

  private Framed joined(int[] first, int[] second, boolean truncated) {
    if (second.length == 0) {
      return new Framed(first, first.length, truncated);
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
    return new Framed(tokens, tokens.length, truncated);
  }

  private int[] encode(String text, LabelledExample example, String file) {
    int[] tokens = tokenizer.encode(text);
    if (tokens.length == 0) {
      throw new UserException(
          "Cannot use "
              + file
              + ", line "
              + example.line()
              + ": the tokenizer makes no token of its text");
    }
    return tokens;
  }

  private static int[] concat(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(IntStream::of).toArray();
  }
}
