package io.headwater.corpus.words;

import java.util.ArrayList;
import java.util.List;

/** Each Chinese character by itself, other letters and digits as they stand together. */
final class CharacterSegmenter implements Segmenter {
  @Override
  public List<String> words(String line) {
    List<String> words = new ArrayList<>();
    int begin = -1; // of a run of letters; -1 outside of one
    for (int at = 0; at < line.length(); ) {
      int character = line.codePointAt(at);
      int next = at + Character.charCount(character);
      boolean alone = Character.isIdeographic(character);
      boolean inRun = !alone && (Character.isLetterOrDigit(character) || isMark(character));
      if (begin >= 0 && !inRun) {
        words.add(line.substring(begin, at));
        begin = -1;
      } else if (begin < 0 && inRun) {
        begin = at;
      }
      if (alone) {
        words.add(line.substring(at, next));
      }
      at = next;
    }
    if (begin >= 0) {
      words.add(line.substring(begin));
    }
    return words;
  }

  /** An accent that is a character of its own belongs to the letter before it. */
  private static boolean isMark(int character) {
    int type = Character.getType(character);
    return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
  }
}
