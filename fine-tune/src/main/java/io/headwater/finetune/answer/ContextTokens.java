package io.headwater.finetune.answer;

import io.headwater.corpus.tokenize.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * The tokens of a text, and where in it they are: each piece stands for the word that it is of. A
 * word is a run of letters and digits, or a single other character, as BERT's tokenizer splits
 * texts before it looks words up; characters of Chinese writing are words of their own.
 *
 * @param tokens ids
 * @param starts first character of each token's word
 * @param ends behind its last one
 */
record ContextTokens(int[] tokens, int[] starts, int[] ends) {
  static ContextTokens of(String text, Tokenizer tokenizer) {
    List<int[]> found = new ArrayList<>(); // token, start, end
    int at = 0;
    boolean blankBefore = false;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      int next = at + Character.charCount(codePoint);
      if (Character.isWhitespace(codePoint)) {
        blankBefore = true;
        at = next;
        continue;
      }
      while (inWord(codePoint) && next < text.length() && inWord(text.codePointAt(next))) {
        next += Character.charCount(text.codePointAt(next));
      }
      String word = text.substring(at, next);
      for (int token : tokenizer.encode(blankBefore ? " " + word : word)) {
        found.add(new int[] {token, at, next});
      }
      blankBefore = false;
      at = next;
    }
    return new ContextTokens(column(found, 0), column(found, 1), column(found, 2));
  }

  int size() {
    return tokens.length;
  }

  /** The first token whose word reaches beyond a character. */
  int tokenAt(int character) {
    int token = 0;
    while (token < ends.length - 1 && ends[token] <= character) {
      token++;
    }
    return token;
  }

  /** The last token of the word of a token. */
  int lastOfWord(int token) {
    int last = token;
    while (last + 1 < starts.length && starts[last + 1] == starts[token]) {
      last++;
    }
    return last;
  }

  private static boolean inWord(int codePoint) {
    return Character.isLetterOrDigit(codePoint) && !Character.isIdeographic(codePoint);
  }

  private static int[] column(List<int[]> rows, int column) {
    return rows.stream().mapToInt(row -> row[column]).toArray();
  }
}
