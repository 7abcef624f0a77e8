package io.headwater.finetune.tokens;

import java.util.List;

/**
 * Words, and a tag for each.
 *
 * @param line of the first word in the file, from 1
 */
record TaggedSentence(List<String> words, List<String> tags, long line) {
  TaggedSentence {
    words = List.copyOf(words);
    tags = List.copyOf(tags);
  }
}
