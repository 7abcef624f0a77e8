package io.headwater.finetune.answer;

import io.headwater.finetune.TextEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A part of a context beside its question, as one sequence.
 *
 * @param question its number
 * @param encoded question and part
 * @param from the part's first token in the context
 * @param size tokens of the part
 */
record Window(int question, TextEncoder.Encoded encoded, int from, int size) {
  /** Most tokens that are read of a question, as Devlin et al. have it. */
  private static final int LONGEST_QUESTION = 64;

  /**
   * Windows over a whole context, each beginning {@code stride} tokens behind the one before, as
   * many as it takes.
   */
  static List<Window> over(
      int question, int[] asked, ContextTokens context, TextEncoder encoder, int stride) {
    int room = encoder.room(true);
    int[] kept = Arrays.copyOf(asked, Math.min(asked.length, Math.min(LONGEST_QUESTION, room / 2)));
    int size = room - kept.length;
    int step = Math.min(stride, size);
    List<Window> windows = new ArrayList<>();
    int from = 0;
    do {
      int to = Math.min(context.size(), from + size);
      int[] part = Arrays.copyOfRange(context.tokens(), from, to);
      windows.add(
          new Window(
              question, encoder.frame(kept, part, kept.length < asked.length), from, part.length));
      from += step;
    } while (windows.get(windows.size() - 1).end() < context.size());
    return windows;
  }

  /** Behind the part's last token in the context. */
  int end() {
    return from + size;
  }

  /** Place in the sequence of a token of the context; it is in this window. */
  int place(int token) {
    return encoded.second() + token - from;
  }

  /** Token of the context at a place in the sequence. */
  int token(int place) {
    return from + place - encoded.second();
  }

  boolean holds(int first, int last) {
    return first >= from && last < end();
  }
}
