package io.headwater.finetune.tokens;

import io.headwater.checkpoint.UserException;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.finetune.TextEncoder;
import java.util.Arrays;
import java.util.List;

/** Turns words into one sequence, and remembers where each stands. */
record WordEncoder(TextEncoder encoder, Tokenizer tokenizer) {
  /** Place of a word that is not in the sequence. */
  static final int NOWHERE = -1;

  /**
   * @param places of each word's first piece; {@link #NOWHERE} if it was cut off, or has none
   */
  record Encoded(TextEncoder.Encoded text, int[] places) {}

  /**
   * @param at where the sentence stands, for messages
   */
  Encoded encode(List<String> words, String at) {
    int room = encoder.room(false);
    int[] tokens = new int[room];
    int used = 0;
    int[] places = new int[words.size()];
    Arrays.fill(places, NOWHERE);
    boolean truncated = false;
    for (int i = 0; i < places.length && !truncated; i++) {
      // Tokenizers that keep blanks have other pieces for a word within a text.
      int[] pieces = tokenizer.encode(i == 0 ? words.get(i) : " " + words.get(i));
      int kept = Math.min(pieces.length, room - used);
      truncated = kept < pieces.length;
      if (kept > 0) {
        places[i] = used;
        System.arraycopy(pieces, 0, tokens, used, kept);
        used += kept;
      }
    }
    if (used == 0) {
      throw new UserException("Cannot use " + at + ": the tokenizer makes no token of its words");
    }
    TextEncoder.Encoded text = encoder.frame(Arrays.copyOf(tokens, used), new int[0], truncated);
    for (int i = 0; i < places.length; i++) {
      places[i] = places[i] == NOWHERE ? NOWHERE : places[i] + text.first();
    }
    return new Encoded(text, places);
  }
}
